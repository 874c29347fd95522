const WHY: Readonly<Record<string, string>> = {
  WRONG_KEY: '此密钥无效 · This key is not known.',
  SIGN_IN_LINK_UNKNOWN: '此登录链接无效 · There is no such sign-in link.',
  SIGN_IN_LINK_USED: '此登录链接已使用过 · This sign-in link was used already.',
  SIGN_IN_LINK_EXPIRED: '此登录链接已过期 · The time of this sign-in link is over.',
};

/** Needs no script and no file: nothing else is served without a key. */
const page = (form: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>Redress</title>
<style>
body { font: 15px system-ui, sans-serif; display: grid; place-items: center; min-height: 90vh; margin: 0 }
form { display: grid; gap: 12px; width: min(360px, 90vw) }
h1 { font-size: 22px; margin: 0 0 8px }
input, button { font: inherit; padding: 9px 12px; border-radius: 6px; border: 1px solid #8a9698 }
button { background: #1f6f78; border-color: #1f6f78; color: #fff; font-weight: 600; cursor: pointer }
p { margin: 0; opacity: 0.75; line-height: 1.5 }
p[role=alert] { color: #d4483f; opacity: 1 }
</style></head>
<body>
<form method="post" action="/sign-in">
<h1>Redress</h1>
${form}
</form>
</body></html>
`;

/**
 * Where a browser without a session lands.
 * @param code why one is here, where it is for more than not having signed in
 */
export const signInPage = (code = ''): string =>
  page(`<label for="key">密钥 · Key</label>
<input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
${Object.hasOwn(WHY, code) ? `<p role="alert">${WHY[code]}</p>` : ''}
<button type="submit">登录 · Sign in</button>
<p>登录链接由管理员提供，只能使用一次。<br>A sign-in link from an administrator works as well, once.</p>`);

/**
 * Where a sign-in link leads. Mail scanners and previews fetch links before anybody opens them, and a link works once: only
 * somebody who presses the button uses it up.
 * @param token letters, digits and `._~-` only: it stands in the page as it is
 */
export const linkPage = (token: string): string =>
  page(`<input type="hidden" name="token" value="${token}">
<button type="submit" autofocus>登录 · Sign in</button>
<p>此链接只能使用一次。<br>This link works once.</p>`);
