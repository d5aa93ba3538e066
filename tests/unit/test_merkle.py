"""The Merkle tree: vectors of Certificate Transparency, and a reference as RFC 9162 writes it."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redactor.audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency,
    in_pieces,
    inclusion,
    is_consistent,
    leaf_hash,
    node_hash,
    root,
    root_of_inclusion,
)

# The eight entries that Certificate Transparency's own implementations are tested with, and the
# roots over the first one, two, ... of them.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]

# index, size and the proof, as Certificate Transparency's test vectors have them
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


def hexed(path: list[bytes]) -> list[str]:
    return [node.hex() for node in path]


def test_the_empty_tree():
    assert root([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots(size):
    assert root(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_known_inclusion_proofs(index, size, path):
    assert hexed(inclusion(LEAVES[:size], index)) == path


@pytest.mark.parametrize(("first", "second", "path"), CONSISTENCY)
def test_known_consistency_proofs(first, second, path):
    assert hexed(consistency(LEAVES[:second], first)) == path


# The reference: the definitions of RFC 9162, word by word.


def split(size):
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def mth(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return hashlib.sha256(b"\1" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path_of(m, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path_of(m, leaves[:k]), mth(leaves[k:])]
    return [*path_of(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m, leaves, *, whole):
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]


SOME = [leaf_hash(bytes([number])) for number in range(70)]
sizes = st.integers(1, 70)


@given(sizes)
def test_roots_are_as_defined(size):
    assert root(SOME[:size]) == mth(SOME[:size])


@given(st.data())
def test_inclusion_proofs_are_as_defined_and_lead_to_the_root(data):
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion(SOME[:size], index)
    assert path == path_of(index, SOME[:size])
    assert root_of_inclusion(SOME[index], index, size, path) == mth(SOME[:size])


@given(st.data())
def test_consistency_proofs_are_as_defined_and_hold(data):
    second = data.draw(sizes)
    first = data.draw(st.integers(1, second))
    path = consistency(SOME[:second], first)
    assert path == subproof(first, SOME[:second], whole=True)
    assert is_consistent(first, second, mth(SOME[:first]), mth(SOME[:second]), path)


def spoiled(data, path):
    """Return a proof with a node changed, left out, added or moved."""
    at = data.draw(st.integers(0, max(len(path) - 1, 0)))
    ways = [[*path[:at], leaf_hash(b"x"), *path[at:]], [*path, leaf_hash(b"x")]]
    if path:
        ways += [[*path[:at], *path[at + 1 :]], [*path[:at], leaf_hash(b"x"), *path[at + 1 :]]]
    if len(path) > 1 and path[0] != path[-1]:
        ways += [path[::-1]]
    return data.draw(st.sampled_from(ways))


@settings(max_examples=300)
@given(st.data())
def test_a_spoiled_inclusion_proof_leads_elsewhere(data):
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    path = spoiled(data, inclusion(SOME[:size], index))
    assert root_of_inclusion(SOME[index], index, size, path) != mth(SOME[:size])


@settings(max_examples=300)
@given(st.data())
def test_a_spoiled_consistency_proof_does_not_hold(data):
    second = data.draw(sizes)
    first = data.draw(st.integers(1, second))
    path = spoiled(data, consistency(SOME[:second], first))
    assert not is_consistent(first, second, mth(SOME[:first]), mth(SOME[:second]), path)


@given(st.data())
def test_a_proof_for_another_place_or_size_leads_elsewhere(data):
    size = data.draw(st.integers(2, 70))
    index, other = data.draw(
        st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True)
    )
    path = inclusion(SOME[:size], index)
    assert root_of_inclusion(SOME[index], other, size, path) != mth(SOME[:size])
    assert root_of_inclusion(SOME[index], index, index, path) is None
    old, new = mth(SOME[: index + 1]), mth(SOME[:size])
    assert is_consistent(index + 1, size, old, new, consistency(SOME[:size], index + 1))
    assert not is_consistent(index + 1, size, leaf_hash(b"x"), new, path_of(index, SOME[:size]))


def test_there_is_no_proof_of_what_is_not_there():
    for index in (-1, 8):
        with pytest.raises(IndexError):
            inclusion(LEAVES, index)
    with pytest.raises(IndexError):
        consistency(LEAVES, 9)
    assert root_of_inclusion(LEAVES[0], -1, 8, []) is None


def test_every_log_grew_from_nothing_and_from_itself():
    whole = root(LEAVES)
    assert consistency(LEAVES, 0) == consistency(LEAVES, 8) == []
    assert is_consistent(0, 8, EMPTY_ROOT, whole, [])
    assert is_consistent(8, 8, whole, whole, [])
    assert not is_consistent(0, 8, whole, whole, [])
    assert not is_consistent(8, 8, EMPTY_ROOT, whole, [])
    assert not is_consistent(9, 8, whole, whole, [])
    assert not is_consistent(3, 8, whole, whole, [])


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_frontier_can_be_put_down_and_taken_up(one, other):
    small, large = sorted((one, other))
    kept = b"".join(Frontier.of(SOME[:small]).peaks)
    assert len(kept) == 32 * small.bit_count()
    again = Frontier(small, in_pieces(kept))
    for leaf in SOME[small:large]:
        again.add(leaf)
    assert again.root() == mth(SOME[:large])


def test_a_leaf_is_no_node():
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != node_hash(left, right) != leaf_hash(b"\1" + left + right)


def test_half_a_hash_is_left_out():
    assert list(in_pieces(bytes(70))) == [bytes(32)] * 2
