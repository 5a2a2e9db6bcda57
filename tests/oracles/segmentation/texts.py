"""Texts to measure: the same ones on every run.

Left out, because a library answers them by its own convention and they are no messages to send: the
empty text, lone surrogates (not text), and U+001B, the escape code of GSM-7, which smsutil takes for
a character of the alphabet.
"""

import random

SEED = 20261124
TEXTS_PER_ALPHABET = 1500

LETTERS = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,!?'\n"
GSM7 = LETTERS + "@£$¥èéùìòÇØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ\"#¤%&()*+-/:;<=>¡ÄÖÑÜ§¿äöñüà"
EXTENDED = "\f^{}\\[~]|€"
BMP = "çáíóúâê`\t“”‘’–—…\u00a0\u200b\u200d\ufe0fяжщ中文字अआ한국عر"
ASTRAL = "😀🏠👍🚗🎉𝒜𠀀🇺🇸"

ALPHABETS = [
    LETTERS,
    GSM7,
    LETTERS + EXTENDED,
    EXTENDED,
    GSM7 + EXTENDED * 3,
    BMP,
    LETTERS + BMP,
    ASTRAL,
    BMP + ASTRAL,
    LETTERS + EXTENDED + BMP + ASTRAL,
]


def every_character_alone():
    """Texts that decide the alphabet: each character of the Basic Multilingual Plane, and some beyond."""
    for code in [*range(0x0000, 0xD800), *range(0xE000, 0x11000), 0x1F600, 0x20000, 0x10FFFF]:
        if code != 0x1B:
            yield chr(code)


def around_every_boundary():
    """A wide character at each position near the end of each part, and lengths near each limit."""
    for narrow, wide, alone, per_part in [("a", "€", 160, 153), ("я", "😀", 70, 67)]:
        for limit in [alone, *(per_part * parts for parts in range(1, 13))]:
            for length in range(limit - 3, limit + 4):
                yield narrow * length
                yield wide * (length // 2)
                for after in [0, 1, 2, per_part - 1, per_part]:
                    yield narrow * length + wide + narrow * after


def random_texts():
    """Texts of every alphabet: half of any length up to twelve segments, half short."""
    chance = random.Random(SEED)
    for alphabet in ALPHABETS:
        for number in range(TEXTS_PER_ALPHABET):
            length = chance.randint(1, 1900 if number % 2 else 200)
            yield "".join(chance.choices(alphabet, k=length))


def random_characters():
    """Texts of arbitrary characters."""
    chance = random.Random(SEED + 1)
    assigned = [*range(0x20, 0xD800), *range(0xE000, 0x110000)]
    for _ in range(TEXTS_PER_ALPHABET):
        yield "".join(map(chr, chance.choices(assigned, k=chance.randint(1, 300))))


def all_texts():
    yield from every_character_alone()
    yield from around_every_boundary()
    yield from random_texts()
    yield from random_characters()
