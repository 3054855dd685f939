/**
 * Opens a one-time link. The code stands in the fragment, which no server and no access log ever sees, and is used up by a click only,
 * so that neither a link preview nor a scanner that runs scripts can take it from the operator.
 */
export const ENTRANCE_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Queue board</title>
<link rel="icon" href="data:,">
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1rem }</style>
<script defer src="/queues/enter.js"></script>
</head>
<body>
<main>
<h1>Queue board</h1>
<p>This link works once. What you do here is audited under the name it was made for.</p>
<button type="button" hidden>Open the board</button>
<p role="status">This page needs JavaScript.</p>
</main>
</body>
</html>
`;

export const ENTRANCE_JS = `const code = location.hash.slice(1);
history.replaceState(null, '', location.pathname);
const button = document.querySelector('button');
const status = document.querySelector('[role=status]');
const say = (text) => { status.textContent = text; };

say(code ? '' : 'The link is not complete: the part after # is missing. Make a new one.');
button.hidden = !code;
button.addEventListener('click', async () => {
  button.disabled = true;
  say('');
  try {
    const response = await fetch('/queues/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    if (response.ok) return location.replace('/queues/');
    const { title, next } = await response.json();
    say(title + '. ' + next);
  } catch {
    say('The server does not answer. Try again.');
    button.disabled = false;
  }
});
`;
