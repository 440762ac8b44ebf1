"""Prints the checksums of EncoderInitializerTest, from the generator's definition.

SplittableRandom (Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA
2014) in Python; one generator a tensor, in the order of the flat vector, split from one that is
seeded by seed and modality. Run: python3 initializer_oracle.py
"""

import math
import zlib

import numpy as np

FEATURES, HIDDEN, LAYERS, EMBEDDING, HEADS = 30, 24, 3, 16, 2
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mixed(z, first, a, second, b, third):
    z = ((z ^ (z >> first)) * a) & MASK
    z = ((z ^ (z >> second)) * b) & MASK
    return z ^ (z >> third)


class Splittable:
    def __init__(self, seed, gamma=GOLDEN):
        self.seed, self.gamma = seed & MASK, gamma

    def advance(self):
        self.seed = (self.seed + self.gamma) & MASK
        return self.seed

    def number(self):
        return mixed(self.advance(), 30, 0xBF58476D1CE4E5B9, 27, 0x94D049BB133111EB, 31)

    def split(self):
        seed = self.number()
        gamma = mixed(self.advance(), 33, 0xFF51AFD7ED558CCD, 33, 0xC4CEB9FE1A85EC53, 33) | 1
        if bin(gamma ^ (gamma >> 1)).count("1") < 24:
            gamma ^= 0xAAAAAAAAAAAAAAAA
        return Splittable(seed, gamma)


def bounds():
    """Length and bound of every tensor; the norm's are constants, and have their value."""
    for constant in (1, 0, 0, 1):
        yield FEATURES, None, constant
    gates = 3 * HIDDEN
    for layer in range(LAYERS):
        width = 2 * HIDDEN if layer else FEATURES
        for _ in range(2):
            yield width * gates, math.sqrt(6 / (width + gates)), 0
            yield HIDDEN * gates, math.sqrt(6 / (HIDDEN + gates)), 0
            yield gates, 1 / math.sqrt(HIDDEN), 0
            yield gates, 1 / math.sqrt(HIDDEN), 0
    width = 2 * HIDDEN
    for _ in range(HEADS):
        yield width * width, 1 / math.sqrt(width), 0
        yield width, 1 / math.sqrt(width), 0
        yield width * EMBEDDING, math.sqrt(6 / (width + EMBEDDING)), 0
        yield EMBEDDING, 1 / math.sqrt(width), 0


def weights(seed, modality):
    source, values = Splittable(Splittable(seed).number() + modality), []
    for length, bound, constant in bounds():
        own = source.split()
        for _ in range(length):
            values.append(constant if bound is None else (2 * (own.number() >> 11) / 2**53 - 1) * bound)
    return np.array(values)


for chosen in ((11, 0), (11, 1), (1, 2)):
    print(*chosen, zlib.crc32(weights(*chosen).astype(">f4").tobytes()))
