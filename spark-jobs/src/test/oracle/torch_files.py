"""Writes the PyTorch files that the tests of the package tensor read.

Good ones, in both containers, and hostile ones, assembled by hand. Element i of a tensor of n
numbers has the value i + 1/4, unless said otherwise.
Run: python3 torch_files.py ../resources/torch
"""

import io
import os
import pickle
import struct
import sys
import zipfile
from collections import OrderedDict

import torch

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)


def path(name):
    return os.path.join(folder, name)


def numbers(*shape):
    length = 1
    for size in shape:
        length *= size
    return (torch.arange(length, dtype=torch.float32) + 0.25).reshape(shape)


def checkpoint():
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=0)
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, 0.5)
    optimizer.step()
    with torch.no_grad():
        model[0].weight.copy_(numbers(2, 3))
        model[0].bias.copy_(numbers(2))
    return {
        "epoch": 3,
        "arch": "sequence",
        "state_dict": model.state_dict(),
        "optimizer": optimizer.state_dict(),
    }


def views():
    shared = numbers(24)
    return {
        "first": shared[:6].reshape(2, 3),
        "second": shared[6:14].reshape(4, 2),
        "transposed": shared[6:14].reshape(4, 2).t(),
        "column": shared.reshape(6, 4)[:, 1],
        "cube": shared.reshape(2, 3, 4).permute(2, 0, 1),
        "empty": torch.zeros(0, 5),
        "scalar": torch.tensor(7.5),
        "parameter": torch.nn.Parameter(numbers(2, 2)),
        "counter": torch.tensor(12345678901),
        "int32": torch.tensor([-1, 2], dtype=torch.int32),
        "int16": torch.tensor([-3, 4], dtype=torch.int16),
        "int8": torch.tensor([-5, 6], dtype=torch.int8),
        "uint8": torch.tensor([200, 7], dtype=torch.uint8),
        "bool": torch.tensor([True, False]),
        "double": torch.tensor([0.1], dtype=torch.float64),
        "half": torch.tensor([0.5], dtype=torch.float16),
        "bfloat": torch.tensor([0.5], dtype=torch.bfloat16),
    }


def plain():
    return {
        "none": None,
        "true": True,
        "list": [1, -2, 300, 70000, 1 << 40, -(1 << 62)],
        "tuple": (0.5, "ünï", ""),
        7: {"deep": [[[]]]},
        "ordered": OrderedDict([("z", 1), ("a", 2)]),
    }


for name, content in (("checkpoint", checkpoint()), ("views", views()), ("plain", plain())):
    torch.save(content, path(name + ".pth"))
    torch.save(content, path(name + "-legacy.pth"), _use_new_zipfile_serialization=False)
torch.save(checkpoint(), path("protocol4.pth"), pickle_protocol=4)
torch.save(views(), path("protocol5-legacy.pth"), pickle_protocol=5, _use_new_zipfile_serialization=False)


# Pickles by hand. Each is the pickle of an archive that has one storage, 0, of four floats.

STORAGE = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04tQ"
ORDERED = b"ccollections\nOrderedDict\n)R"


def tensor(offset=b"K\x00", shape=b"K\x02K\x02\x86", strides=b"K\x02K\x01\x86", storage=STORAGE):
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + offset + shape + strides + b"\x89" + ORDERED + b"tR"


def under(key, value):
    return b"\x80\x02}X" + struct.pack("<I", len(key)) + key + value + b"s."


def archive(data, extra=(), storage=struct.pack("<4f", 1, 2, 3, 4), compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as entries:
        def add(name, content):
            entries.writestr(zipfile.ZipInfo(name), content, compression)

        add("archive/data.pkl", data)
        add("archive/data/0", storage)
        add("archive/version", b"3\n")
        for name, content in extra:
            add(name, content)
    return out.getvalue()


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value


COMMAND = text(b"touch was-here")
hostile = {
    "system": b"\x80\x02cos\nsystem\n" + COMMAND + b"\x85R.",
    "system-in-a-list": under(b"state_dict", b"]cposix\nsystem\n" + COMMAND + b"\x85Ra"),
    "stack-global": b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x031+1\x85R.",
    "inst": b"(" + COMMAND + b"ios\nsystem\n.",
    "inst-of-a-known-name": b"(icollections\nOrderedDict\n.",
    "obj": b"(cos\nsystem\n" + COMMAND + b"o.",
    "newobj": b"\x80\x02ccollections\nOrderedDict\n)\x81.",
    "build-dictionary": b"\x80\x02}}X\x01\x00\x00\x00aK\x01sb.",
    "build-list": b"\x80\x02]}b.",
    "namespace": under(b"args", b"cargparse\nNamespace\n)R"),
    "numpy-scalar": under(b"best", b"cnumpy.core.multiarray\nscalar\n)R"),
    "global-as-value": under(b"class", b"ccollections\nOrderedDict\n"),
    "storage-as-value": under(b"storage", STORAGE),
    "storage-class-called": under(b"a", b"ctorch\nFloatStorage\n)R"),
    "call-of-a-string": under(b"a", text(b"os.system") + b")R"),
    "extension": b"\x80\x02\x82\x01.",
    "persistent-text": b"Pwhatever\n.",
    "bytes": b"\x80\x03C\x02ab.",
    "set": b"\x80\x04\x8f.",
    "dictionary-in-itself": b"\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s.",
    "list-as-key": b"\x80\x02}]q\x00h\x00aK\x01s.",
    "laughs": b"\x80\x02]q\x00(" + b"K\x01" * 99 + b"e"
    + b"".join(b"](" + b"h" + bytes([i]) + b"h" + bytes([i]) + b"e" + b"q" + bytes([i + 1]) for i in range(24)) + b".",
    "deep": b"\x80\x02" + b"]" * 3000 + b"a" * 2999 + b".",
    "long-string": b"\x80\x02X\xff\xff\xff\x7f.",
    "longest-string": b"\x80\x04\x8d" + b"\xff" * 8 + b".",
    "long-integer": b"\x80\x02\x8b\xff\xff\xff\x7f.",
    "wide-integer": b"\x80\x02\x8a\x09" + b"\x01" * 9 + b".",
    "no-end": b"\x80\x02}",
    "nothing-on-the-stack": b"\x80\x02s.",
    "no-memo": b"\x80\x02h\x05.",
    "marker-as-value": b"\x80\x02(.",
    "not-utf8": b"\x80\x02X\x01\x00\x00\x00\xff.",
    "shape-too-large": under(b"weight", tensor(shape=b"K\x02K\x03\x86", strides=b"K\x03K\x01\x86")),
    "shape-overflows": under(
        b"weight", tensor(shape=b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86", strides=b"K\x01K\x01\x86")),
    "shape-of-64-bits": under(b"weight", tensor(shape=b"\x8a\x08" + b"\x00" * 7 + b"\x40K\x01\x86")),
    "stride-overflows": under(b"weight", tensor(strides=b"\x8a\x08" + b"\xff" * 7 + b"\x7fK\x01\x86")),
    "shape-negative": under(b"weight", tensor(shape=b"J\xff\xff\xff\xffK\x02\x86")),
    "stride-negative": under(b"weight", tensor(strides=b"J\xff\xff\xff\xffK\x01\x86")),
    "offset-negative": under(b"weight", tensor(offset=b"J\xff\xff\xff\xff")),
    "offset-too-large": under(b"weight", tensor(offset=b"K\x01")),
    "stride-zero": under(b"weight", tensor(strides=b"K\x00K\x01\x86")),
    "dimensions": under(b"weight", tensor(shape=b"(" + b"K\x01" * 65 + b"t", strides=b"(" + b"K\x01" * 65 + b"t")),
    "shape-without-strides": under(b"weight", tensor(strides=b")")),
    "storage-absent": under(b"weight", tensor(storage=STORAGE.replace(b"\x000X", b"\x009X"))),
    "storage-elsewhere": under(
        b"weight",
        tensor(storage=STORAGE.replace(b"\x01\x00\x00\x000X", b"\x0b\x00\x00\x00../data.pklX"))),
    "storage-too-short": under(b"weight", tensor(storage=STORAGE.replace(b"K\x04", b"K\x05"))),
    "storage-huge": under(
        b"weight", tensor(storage=STORAGE.replace(b"K\x04", b"\x8a\x08" + b"\xff" * 7 + b"\x7f"))),
    "storage-of-two-types": b"\x80\x02]" + tensor() + b"a"
    + tensor(storage=STORAGE.replace(b"FloatStorage", b"LongStorage")) + b"a.",
    "storage-no-tuple": under(b"weight", text(b"storage") + b"Q"),
    "rebuild-without-arguments": under(b"weight", b"ctorch._utils\n_rebuild_tensor_v2\n)R"),
    "parameter-of-a-string": under(b"weight", b"ctorch._utils\n_rebuild_parameter\n" + text(b"a") + b"\x85R"),
}
good = under(b"weight", tensor())
files = {name: archive(data) for name, data in hostile.items()}
files["entry-out-of-the-archive"] = archive(good, [("archive/../../etc/passwd", b"")])
files["entry-absolute"] = archive(good, [("/etc/passwd", b"")])
files["entry-in-another-folder"] = archive(good, [("other/data.pkl", good)])
files["entry-twice"] = archive(good, [("archive/data.pkl", hostile["system"])])
files["big-endian"] = archive(good, [("archive/byteorder", b"big")])
# As in what torch.jit.save writes, some entries are compressed.
files["script"] = archive(
    good, [("archive/constants.pkl", b"\x80\x02).")], compression=zipfile.ZIP_DEFLATED)
files["compressed"] = archive(good, compression=zipfile.ZIP_DEFLATED)
files["bomb"] = archive(b"\x80\x02(" + b"}" * (1 << 20) + b"t.", compression=zipfile.ZIP_DEFLATED)
files["no-pickle"] = archive(good).replace(b"data.pkl", b"data.txt")
good_archive = archive(good)
directory = good_archive.index(b"PK\x01\x02", 4)
entry = good_archive.index(b"PK\x01\x02", directory + 4)
# The storage's entry claims two gigabytes.
files["entry-beyond-the-file"] = (
    good_archive[: entry + 20] + struct.pack("<II", 1 << 31, 1 << 31) + good_archive[entry + 28 :])

MAGIC = pickle.dumps(0x1950A86A20F9469CFC6C, 2)
MACHINE = pickle.dumps({"protocol_version": 1001, "little_endian": True, "type_sizes": {}}, 2)
FOUR = struct.pack("<q4f", 4, 1, 2, 3, 4)


def legacy(data, keys=("0",), tail=FOUR, protocol=1001, machine=MACHINE):
    return MAGIC + pickle.dumps(protocol, 2) + machine + data + pickle.dumps(list(keys), 2) + tail


def seen(view):
    return under(b"weight", tensor(storage=STORAGE.replace(b"K\x04tQ", b"K\x04" + view + b"tQ"),
                                   shape=b"K\x02\x85", strides=b"K\x01\x85"))


files["legacy-plain-pickle"] = pickle.dumps({"a": 1}, 2)
files["legacy-protocol"] = legacy(good, protocol=1002)
files["legacy-big-endian"] = legacy(good, machine=pickle.dumps({"little_endian": False}, 2))
files["legacy-system"] = legacy(hostile["system"])
files["legacy-system-first"] = hostile["system"]
files["legacy-cut-in-storage"] = legacy(good, tail=FOUR[:-1])
files["legacy-cut-before-storage"] = legacy(good, tail=FOUR[:7])
files["legacy-other-length"] = legacy(good, tail=struct.pack("<q4f", 5, 1, 2, 3, 4))
files["legacy-key-twice"] = legacy(good, keys=("0", "0"), tail=FOUR + FOUR)
files["legacy-key-unknown"] = legacy(good, keys=("1",))
files["legacy-key-missing"] = legacy(good, keys=())
files["legacy-keys-no-list"] = legacy(good)[: -len(FOUR) - len(pickle.dumps(["0"], 2))] + pickle.dumps(1, 2)
files["legacy-view-outside"] = legacy(seen(text(b"v") + b"K\x03K\x02\x87"))
files["legacy-module"] = legacy(under(b"model", b"(X\x06\x00\x00\x00modulectorch.nn.modules.linear\nLinear\nNNtQ"))
os.makedirs(path("hostile"), exist_ok=True)
for name, content in files.items():
    with open(path(os.path.join("hostile", name + ".pth")), "wb") as out:
        out.write(content)
with open(path("view-legacy.pth"), "wb") as out:
    out.write(legacy(seen(text(b"v") + b"K\x01K\x03\x87")))
with open(path("tar.pth"), "wb") as out:
    out.write(b"pickle".ljust(257, b"\0") + b"ustar\x0000".ljust(255, b"\0"))
