// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Works of generated content: owned, moved, and defended against copies (paper 002, second paper, V-D).
contract Registry {
    struct Work {
        address owner;
        uint64 number;
        bool live;
        bool locked;
        uint64[] hashes;
    }

    /// What a challenge costs if it fails, wei.
    uint256 public immutable deposit;
    /// Largest distance of a copy, bits.
    uint256 public immutable tau;
    /// The contract that may lock works.
    address public immutable swap;

    /// By the SHA-256 of a work's bytes. A number of 0 means that there is none.
    mapping(bytes32 => Work) private works;
    /// Numbers of commitments that were not yet revealed.
    mapping(bytes32 => uint64) private commitments;
    uint64 private count;

    event Committed(bytes32 indexed commitment, address indexed by);
    event Registered(bytes32 indexed work, address indexed owner);
    event Moved(bytes32 indexed work, address indexed from, address indexed to);
    event Challenged(bytes32 indexed original, bytes32 indexed copy, uint256 bits, bool struck);

    constructor(uint256 deposit_, uint256 tau_, address swap_) {
        deposit = deposit_;
        tau = tau_;
        swap = swap_;
    }

    /// Registers a work with 1 to 16 perceptual hashes; the same bytes only once, also after they were struck.
    function register(bytes32 work, uint64[] calldata hashes) external {
        require(works[work].number == 0, "registered before");
        require(hashes.length >= 1 && hashes.length <= 16, "1 to 16 hashes");
        works[work] = Work(msg.sender, ++count, true, false, hashes);
        emit Registered(work, msg.sender);
    }

    /// Takes a number for a work that nobody else can see yet: keccak256(work, owner, salt).
    function commit(bytes32 commitment) external {
        require(commitments[commitment] == 0, "committed before");
        commitments[commitment] = ++count;
        emit Committed(commitment, msg.sender);
    }

    /// Registers a work under the number of its commitment; who registered the same bytes after that loses them.
    function reveal(bytes32 work, uint64[] calldata hashes, bytes32 salt) external {
        bytes32 commitment = keccak256(abi.encode(work, msg.sender, salt));
        uint64 number = commitments[commitment];
        require(number != 0, "not committed");
        require(hashes.length >= 1 && hashes.length <= 16, "1 to 16 hashes");
        Work storage given = works[work];
        require(given.number == 0 || given.number > number, "registered before");
        require(!given.locked, "locked");
        delete commitments[commitment];
        works[work] = Work(msg.sender, number, true, false, hashes);
        emit Registered(work, msg.sender);
    }

    function transfer(bytes32 work, address to) external {
        Work storage given = usable(work);
        require(given.owner == msg.sender, "not the owner");
        move(work, given, to);
    }

    /// Claims that a later work is a copy of the caller's: it is struck if it is as close as tau, else the deposit goes to
    /// whom it accuses.
    function challenge(bytes32 original, bytes32 copy) external payable {
        require(msg.value == deposit, "not the deposit");
        Work storage first = usable(original);
        Work storage second = usable(copy);
        require(first.owner == msg.sender, "not the owner");
        require(first.number < second.number, "not the earlier work");
        uint256 bits = leastDistance(first.hashes, second.hashes[0]);
        bool struck = bits <= tau;
        if (struck) second.live = false;
        emit Challenged(original, copy, bits, struck);
        (bool paid, ) = (struck ? msg.sender : second.owner).call{value: msg.value}("");
        require(paid, "not paid");
    }

    /// Locks a work of `owner` for a swap.
    function lock(bytes32 work, address owner) external {
        require(msg.sender == swap, "not the swap");
        Work storage given = usable(work);
        require(given.owner == owner, "not the owner");
        given.locked = true;
    }

    /// Ends the lock of a work, which goes to `to`.
    function unlock(bytes32 work, address to) external {
        require(msg.sender == swap, "not the swap");
        Work storage given = works[work];
        given.locked = false;
        if (given.owner != to) move(work, given, to);
    }

    function read(bytes32 work) external view returns (address owner, bool live, bool locked) {
        Work storage given = works[work];
        return (given.owner, given.live, given.locked);
    }

    /// Least number of different bits between any of the hashes and another.
    function leastDistance(uint64[] memory hashes, uint64 other) public pure returns (uint256 least) {
        least = 64;
        for (uint256 k = 0; k < hashes.length; k++) {
            uint256 bits = popcount(hashes[k] ^ other);
            if (bits < least) least = bits;
        }
    }

    function usable(bytes32 work) private view returns (Work storage given) {
        given = works[work];
        require(given.number != 0, "not registered");
        require(given.live, "struck");
        require(!given.locked, "locked");
    }

    function move(bytes32 work, Work storage given, address to) private {
        emit Moved(work, given.owner, to);
        given.owner = to;
    }

    function popcount(uint64 value) private pure returns (uint256) {
        unchecked {
            uint256 x = value;
            x = x - ((x >> 1) & 0x5555555555555555);
            x = (x & 0x3333333333333333) + ((x >> 2) & 0x3333333333333333);
            x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
            return ((x * 0x0101010101010101) >> 56) & 0x7f;
        }
    }
}
