// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Registry} from "./Registry.sol";

/// A hashed timelock for funds and works: None → Locked → Claimed | Refunded. Who sells locks the work for half as long as
/// who buys locks the funds; the secret that opens one is public from then on and opens the other.
contract Swap {
    enum State {
        None,
        Locked,
        Claimed,
        Refunded
    }

    struct Lock {
        address from;
        address to;
        State state;
        uint64 deadline;
        bytes32 hash;
        bool isWork;
        bytes32 work;
        uint256 value;
    }

    Registry public immutable registry;
    mapping(bytes32 => Lock) private locks;

    event Locked(bytes32 indexed id, address indexed from, address indexed to, bytes32 hash, uint64 deadline);
    event Claimed(bytes32 indexed id, bytes32 secret);
    event Refunded(bytes32 indexed id);

    constructor(Registry registry_) {
        registry = registry_;
    }

    /// Locks the funds sent for `to`, until `duration` seconds from now.
    function lockFunds(bytes32 id, address to, bytes32 hash, uint64 duration) external payable {
        open(id, to, hash, duration, false, 0, msg.value);
    }

    /// Locks a work of the caller for `to`, until `duration` seconds from now.
    function lockItem(bytes32 id, bytes32 work, address to, bytes32 hash, uint64 duration) external {
        open(id, to, hash, duration, true, work, 0);
        registry.lock(work, msg.sender);
    }

    /// Gives what is locked to whom it is meant for; anyone who knows the secret may send it, before the deadline.
    function claim(bytes32 id, bytes32 secret) external {
        Lock storage lock = locked(id);
        require(block.timestamp < lock.deadline, "too late");
        require(sha256(abi.encodePacked(secret)) == lock.hash, "wrong secret");
        lock.state = State.Claimed;
        emit Claimed(id, secret);
        release(lock, lock.to);
    }

    /// Gives what is locked back, at or after the deadline; anyone may send it.
    function refund(bytes32 id) external {
        Lock storage lock = locked(id);
        require(block.timestamp >= lock.deadline, "too early");
        lock.state = State.Refunded;
        emit Refunded(id);
        release(lock, lock.from);
    }

    function stateOf(bytes32 id) external view returns (State) {
        return locks[id].state;
    }

    function open(
        bytes32 id,
        address to,
        bytes32 hash,
        uint64 duration,
        bool isWork,
        bytes32 work,
        uint256 value
    ) private {
        require(locks[id].state == State.None, "lock used before");
        uint64 deadline = uint64(block.timestamp) + duration;
        locks[id] = Lock(msg.sender, to, State.Locked, deadline, hash, isWork, work, value);
        emit Locked(id, msg.sender, to, hash, deadline);
    }

    function locked(bytes32 id) private view returns (Lock storage lock) {
        lock = locks[id];
        require(lock.state == State.Locked, "not locked");
    }

    function release(Lock storage lock, address to) private {
        if (lock.isWork) {
            registry.unlock(lock.work, to);
            return;
        }
        (bool paid, ) = to.call{value: lock.value}("");
        require(paid, "not paid");
    }
}
