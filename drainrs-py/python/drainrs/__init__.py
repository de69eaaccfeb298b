"""drainrs"""
from ._native import *  # draft
from . import _native, errors, config, shapes, frames
from .config import *
from .errors import *
