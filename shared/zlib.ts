/** Node's compression, loaded on first use: small carts and small responses need none, and it takes 3 % of the load time. */
export const zlib = () => process.getBuiltinModule('node:zlib');
