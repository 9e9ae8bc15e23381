// Reads WSDOT's crossings with the npm package ws-dottie, its schema checking on; only the host is replaced.
const real = globalThis.fetch;
globalThis.fetch = (url, options) => real(String(url).replace(/^https?:\/\/[^/]+/, process.argv[2]), options);
const { fetchBorderCrossings } = require('ws-dottie/wsdot-border-crossings/core');
fetchBorderCrossings({ fetchMode: 'native', validate: true }).then(
  (crossings) => console.log(JSON.stringify(crossings)),
  (error) => { console.error(error); process.exit(1); },
);
