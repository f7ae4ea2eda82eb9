/** The snippet with this gateway's own address, ready to paste into a page on another host. */
const snippet = document.getElementById('snippet')
snippet.textContent =
  `<script async src="${location.origin}/im-chat.js"></script>\n` + `<im-chat gateway="${location.origin}" to="shop:42"></im-chat>`
