/** An empty chain of another maker's machine, under the rules of ours. */
module.exports = {
  solidity: '0.8.26',
  networks: {
    hardhat: {
      chainId: 1337,
      hardfork: 'shanghai',
      accounts: [],
      blockGasLimit: 30_000_000,
      initialBaseFeePerGas: 0,
      initialDate: '2001-09-09T01:46:40Z',
    },
  },
};
