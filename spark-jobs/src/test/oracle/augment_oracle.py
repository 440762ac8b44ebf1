"""Writes the fixtures of the augment tests: PyTorch's linear resizing, and seeds mixed by hand.

Run from this folder with PyTorch 1.13 or newer: python3 augment_oracle.py
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

RESOURCES = Path(__file__).parent.parent / "resources/dev/armature/augment"
MASK = (1 << 64) - 1


def resize_cases():
    torch.manual_seed(7)
    for length, frames in [(1, 8), (2, 8), (5, 8), (8, 8), (13, 8), (40, 64), (64, 64), (111, 64)]:
        source = torch.randn(length)
        image = source[None, None, None, :].expand(1, 1, 3, length)
        resized = F.interpolate(image, size=(3, frames), mode="bilinear", align_corners=False)
        yield {"source": source.tolist(), "resized": resized[0, 0, 0].tolist()}


def finish(bits):
    bits = ((bits ^ (bits >> 33)) * 0xFF51AFD7ED558CCD) & MASK
    bits = ((bits ^ (bits >> 33)) * 0xC4CEB9FE1A85EC53) & MASK
    return bits ^ (bits >> 33)


def combine(seed, value):
    return finish(finish((seed + 0x9E3779B97F4A7C15) & MASK) ^ (value & MASK))


def combine_name(seed, name):
    hashed = 0xCBF29CE484222325
    for byte in name.encode("utf-16-le"):
        hashed = ((hashed ^ byte) * 0x100000001B3) & MASK
    return combine(seed, hashed)


def seed_cases():
    for seed, value in [(0, 0), (0, 1), (42, 7), (1 << 63, 3), (5, MASK)]:
        yield {"seed": hex(seed), "value": hex(value), "combined": hex(combine(seed, value))}
    for seed, name in [(0, ""), (1, "S001C001P001R001A001"), (9, "Größe→動き")]:
        yield {"seed": hex(seed), "name": name, "combined": hex(combine_name(seed, name))}


RESOURCES.mkdir(parents=True, exist_ok=True)
(RESOURCES / "resize.json").write_text(json.dumps(list(resize_cases())))
(RESOURCES / "seeds.json").write_text(json.dumps(list(seed_cases()), indent=1))
