#!/usr/bin/env python3
"""Writes tests/golden/drain3/tokens.toml: what Drain3 0.9.11 makes of invented lines, before its tree sees them.

    golden_tokens.py > ../golden/drain3/tokens.toml
"""

import random

from drain3.drain import Drain
from drain3.masking import LogMasker, MaskingInstruction

import differential
import pools

INVENTED = [
    b"", b"   ", b"\x1c\x1d", b"plain words only", b"  leading and trailing\t\r", b"a\x1cb\x1fc\x0bd\x0ce",
    b"PacketResponder 1 for block blk_38865049064139660 terminating", b"from 10.0.0.1:50010 to /10.0.0.2",
    b"user=root;uid=0 rhost=198.51.100.7", b"mac 00:1b:44:11:3a:b7 up", b"dump DEAD BEEF 0123 4567 end",
    b'executed cmd "rm -rf /tmp/x" and executed cmd "ls"', b"0x1f 0xg 0xAB, -5 +7 5a 1_2", b"<*> literal <NUM> <*>x",
    "caf\u00e9 \u0663\u0664 \u00b2 \u2003 wide\u3000space \u200b".encode(), b"cut \xe2\x82 broken \xff\xfe \xed\xa0\x80 end",
    b"1 2 3", b"1,2,3", b"100% of 5.5GB", "\u00e9\u0301 5\u0301 5\u00bd \u2167 a\u203f5".encode(), b"tab\tnew\rline",
]


def toml(text):
    def one(c):
        code = ord(c)
        if c in '"\\':
            return "\\" + c
        if 0x20 <= code < 0x7F:
            return c
        return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"

    return '"' + "".join(map(one, text)) + '"'


def case(name, config, lines):
    masks = [MaskingInstruction(pattern, mask) for pattern, mask in config["masks"]]
    masker = LogMasker(masks, config["mask_prefix"], config["mask_suffix"])
    drain = Drain(extra_delimiters=config["extra_delimiters"])
    print(f"[[case]]\nname = {toml(name)}")
    print(f"mask_prefix = {toml(config['mask_prefix'])}\nmask_suffix = {toml(config['mask_suffix'])}")
    print(f"extra_delimiters = [{', '.join(map(toml, config['extra_delimiters']))}]\nmasks = [")
    for pattern, mask in config["masks"]:
        print(f"  {{ name = {toml(mask)}, pattern = {toml(pattern)} }},")
    print("]\nlines = [")
    for line in lines:
        tokens = drain.get_content_as_tokens(masker.mask(line.decode("utf-8", "replace")))
        try:
            given = f"text = {toml(line.decode())}"
        except UnicodeDecodeError:
            given = f'hex = "{line.hex()}"'
        print(f"  {{ {given}, tokens = [{', '.join(map(toml, tokens))}] }},")
    print("]\n")


def main():
    print("# Written by tests/drain3/golden_tokens.py from Drain3 0.9.11; not to be edited by hand.\n")
    for name, config in differential.usual_configs().items():
        if config["masks"] or config["extra_delimiters"] or name == "default":
            case(name, config, INVENTED)
    for pattern in pools.PATTERNS:
        case(f"pattern {pattern}", differential.variant(masks=[(pattern, "M")]), INVENTED[5::4] + [b"aab ab1 c bb ca'b'a", b""])
    for number in range(40):
        r = random.Random(number)
        config = pools.config(r)
        while not differential.compiles(config):
            config = pools.config(r)
        case(f"random {number}", config, [pools.line(r) for _ in range(8)])


if __name__ == "__main__":
    main()
