"""What the examples talk to instead of the real thing: a log API and a model, on this computer."""
