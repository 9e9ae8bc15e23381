// Questions to the server. A refusal is thrown with the server's own sentence.

async function answered(response) {
  if (response.ok) return response;
  let said = "The server did not answer.";
  try { said = (await response.json()).said; } catch { /* no sentence came */ }
  throw new Error(said);
}

async function ask(path, options) {
  try {
    return await answered(await fetch(path, options));
  } catch (error) {
    if (error instanceof TypeError) throw new Error("lanewatch-edge zones has ended; start it again.");
    throw error;
  }
}

const post = async (path, body) => (await ask(path, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
})).json();

export const state = async () => (await ask("api/state")).json();
export const boxes = async (camera) => (await ask(`api/boxes?camera=${camera}`)).json();
export const check = (cameras) => post("api/check", { cameras });
export const diff = (cameras) => post("api/diff", { cameras });
export const sign = (camera, lane, corners, more = {}) => post("api/sign", { camera, lane, corners, ...more });
export const save = (cameras, digest) => post("api/save", { cameras, digest });

export async function picture(camera, at) {
  const response = await ask(`api/picture?camera=${camera}&at=${at}`);
  return { ...JSON.parse(response.headers.get("X-Picture")), blob: await response.blob() };
}
