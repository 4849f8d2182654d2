"""Checks a folder of live twins and a proof from its files alone, with nothing of the project's.

python3 stranger.py FOLDER PROOF.json: prints one JSON object, exit code 1 where something was changed.
"""

import base64
import hashlib
import json
import sqlite3
import sys
from pathlib import Path


def canonical(value):
    """RFC 8785, for names in ASCII."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{canonical(value[k])}" for k in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def number(value):
    """As ECMAScript writes it."""
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    text = repr(value)
    if "e" in text:
        mantissa, exponent = text.split("e")
        power = int(exponent)
        if -7 < power < 0:
            return f"{value:.{len(mantissa.replace('.', '').lstrip('-')) - 1 - power}f}"
        return f"{mantissa}e{'+' if power > 0 else ''}{power}"
    return text


def leaf(entry):
    named = {name: entry[name] for name in ("thing", "t", "seq", "features")}
    return hashlib.sha256(b"\0" + canonical(named).encode()).digest()


def root(leaves):
    """RFC 9162, section 2.1.1."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()


# Ed25519, verification alone (RFC 8032, section 5.1).
P = 2**255 - 19
D = -121665 * pow(121666, P - 2, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493


def add(one, two):
    (x1, y1), (x2, y2) = one, two
    k = D * x1 * x2 * y1 * y2
    x3 = (x1 * y2 + x2 * y1) * pow(1 + k, P - 2, P)
    y3 = (y1 * y2 + x1 * x2) * pow(1 - k, P - 2, P)
    return x3 % P, y3 % P


def times(point, factor):
    result = (0, 1)
    while factor:
        if factor & 1:
            result = add(result, point)
        point = add(point, point)
        factor >>= 1
    return result


def decoded(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        raise ValueError("not a point")
    return (P - x if (x & 1) != sign else x), y


BASE = decoded((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(key, message, signature):
    challenge = hashlib.sha512(signature[:32] + key + message).digest()
    h = int.from_bytes(challenge, "little") % ORDER
    s = int.from_bytes(signature[32:], "little")
    return s < ORDER and times(BASE, s) == add(decoded(signature[:32]), times(decoded(key), h))


def proved(proof):
    """RFC 9162, section 2.1.3.2."""
    if leaf(proof["entry"]).hex() != proof["leaf"]:
        return False
    node, last, value = proof["index"], proof["size"] - 1, bytes.fromhex(proof["leaf"])
    for sibling in map(bytes.fromhex, proof["path"]):
        if node & 1 or node == last:
            value = hashlib.sha256(b"\1" + sibling + value).digest()
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = hashlib.sha256(b"\1" + value + sibling).digest()
        node, last = node >> 1, last >> 1
    return last == 0 and value.hex() == proof["root"]


def main(folder, proof_file):
    database = sqlite3.connect(f"file:{folder / 'live.db'}?mode=ro", uri=True)
    rows = database.execute("SELECT thing, t, seq, features, leaf FROM history ORDER BY position").fetchall()
    entries = [dict(thing=a, t=b, seq=c, features=json.loads(d)) for a, b, c, d, _ in rows]
    leaves = [leaf(entry) for entry in entries]
    pem = (folder / "ledger.pub.pem").read_text()
    key = base64.b64decode("".join(line for line in pem.splitlines() if "-" not in line))[-32:]
    roots = database.execute("SELECT size, at, root, signature FROM roots ORDER BY size").fetchall()
    good = [
        root(leaves[:size]) == bytes(value)
        and signed(key, canonical({"at": at, "root": bytes(value).hex(), "size": size}).encode(), bytes(mark))
        for size, at, value, mark in roots
    ]
    proof = json.loads(proof_file.read_text())
    report = {
        "rows": len(rows),
        "changed": [at for at, row in enumerate(rows) if bytes(row[4]) != leaves[at]],
        "roots": len(roots),
        "good": sum(good),
        "proved": proved(proof) and root(leaves[: proof["size"]]).hex() == proof["root"],
        "audit": [entry["features"] for entry in entries if entry["thing"] == "metalore:audit"],
    }
    print(json.dumps(report))
    return 0 if all(good) and good and report["proved"] and not report["changed"] else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
