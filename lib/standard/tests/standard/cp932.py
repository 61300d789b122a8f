#!/usr/bin/env python3
"""Writes cp932.txt, Python's view of MS932: what the crate's own is compared with. Any Python 3 will do.

    python3 lib/standard/tests/standard/cp932.py > lib/standard/tests/standard/cp932.txt
"""
import platform

SURROGATES = range(0xD800, 0xE000)


def decode(code_bytes):
    try:
        return bytes(code_bytes).decode("cp932")
    except UnicodeDecodeError:
        return None


def encode(char):
    try:
        return char.encode("cp932")
    except UnicodeEncodeError:
        return None


one = {byte: decode([byte]) for byte in range(256)}
one = {byte: char for byte, char in one.items() if char is not None}
two = {}
for lead in range(256):
    for trail in range(256):
        text = decode([lead, trail])
        if text is not None and len(text) == 1:
            two[lead << 8 | trail] = text
        else:
            # The table can leave these out only if they follow from it: two single bytes, or nothing.
            single = one[lead] + one[trail] if lead in one and trail in one else None
            assert text == single, (lead, trail)

decoded = {**one, **two}
by_char = {}
for code, char in decoded.items():
    by_char.setdefault(char, []).append(code)
choices = {}
for point in range(0x110000):
    if point in SURROGATES:
        continue
    written = encode(chr(point))
    if written is None:
        assert chr(point) not in by_char
        continue
    code = int.from_bytes(written, "big")
    # Left out only where there is nothing to choose.
    if by_char.get(chr(point)) != [code]:
        choices[point] = code

print(f"# MS932 as the codec cp932 of Python {platform.python_version()} has it, which knows nothing of the crate under test.")
print("# Made anew by: python3 cp932.py > cp932.txt (beside this file).")
print("# decode: a first code (one byte or two), then the characters of it and its followers; X+n: X and its n followers.")
print("# What is not there is no character. Two bytes that make no pair are two single bytes, or an error.")
print("# encode: character and code, where there is more to say than the way back: one of several codes, or a one-way.")
print("decode")
line, last_code, last_point, more = [], None, None, 0


def token():
    return f"{last_point - more:04X}" + (f"+{more}" if more else "")


for code in sorted(decoded):
    point = ord(decoded[code])
    width = 2 if code < 0x100 else 4
    if last_code is not None and code == last_code + 1 and code != 0x100:
        if point == last_point + 1:
            more += 1
        else:
            line.append(token())
            more = 0
    else:
        if last_code is not None:
            print(*line, token())
        line, more = [f"{code:0{width}X}"], 0
    last_code, last_point = code, point
print(*line, token())
print("encode")
for point, code in choices.items():
    print(f"{point:04X} {code:04X}")
