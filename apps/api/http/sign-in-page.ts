/** Where a browser without a session lands. Needs no script and no file: nothing else is served without a key. */
export const signInPage = (wrong = false): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Redress</title>
<style>
body { font-family: system-ui, sans-serif; display: grid; place-items: center; min-height: 90vh; margin: 0 }
form { display: grid; gap: 12px; width: min(360px, 90vw) }
input, button { font: inherit; padding: 8px 12px }
p[role=alert] { color: #b00020; margin: 0 }
</style></head>
<body>
<form method="post" action="/sign-in">
<h1>Redress</h1>
<label for="key">密钥 · Key</label>
<input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
${wrong ? '<p role="alert">此密钥无效 · This key is not known.</p>' : ''}
<button type="submit">登录 · Sign in</button>
</form>
</body></html>
`;
