// What is asked of the server.

/** What went wrong, in the server's words; `line` and `column` where it names a place in the query. */
export class Refusal extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
    const place = /\bline (\d+), column (\d+)/.exec(message);
    this.line = place ? Number(place[1]) : 0;
    this.column = place ? Number(place[2]) : 0;
  }
}

/** A JSON document of the server's. */
export async function load(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Refusal(`${path}: ${(await answer.text()).trim() || answer.statusText}`, answer.status);
  return answer.json();
}

/** The answer to a query in one of the media types; `{media, body}`. Rejects with a Refusal, or as aborted. */
export async function ask(query, accept, signal) {
  let answer;
  try {
    answer = await fetch("sparql", {
      method: "POST",
      headers: { "Content-Type": "application/sparql-query; charset=utf-8", Accept: accept },
      body: query,
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The server does not answer. Is it still running?", 0);
  }
  const body = await answer.text();
  if (!answer.ok) throw new Refusal(body.trim() || `${answer.status} ${answer.statusText}`, answer.status);
  return { media: (answer.headers.get("Content-Type") ?? "").split(";")[0].trim(), body };
}
