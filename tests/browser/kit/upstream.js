// An upstream of our own: it answers every call with what it saw.
import { createServer } from "node:http";
import { once } from "node:events";

export async function startUpstream() {
  const server = createServer((request, response) => {
    const status = request.method === "POST" ? 201 : 200;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ method: request.method, path: request.url }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }),
  };
}
