/**
 * What shops and their customers write, of emoji that systems have had since 2017: a newer one would be an empty box on many phones. In the order in which
 * people know them from keyboards; the newest groups of a keyboard (skin tones, families) are a keyboard's matter.
 */
export const EMOJIS = {
  smileys:
    '😀 😃 😄 😁 😆 😅 😂 🤣 😊 😇 🙂 🙃 😉 😌 😍 😘 😗 😙 😚 😋 😛 😜 🤪 😝 🤑 🤗 🤭 🤫 🤔 🤐 🤨 😐 😑 😶 😏 😒 🙄 😬 🤥 😔 😪 😴 😷 🤒 🤕 🤢 🤧 😵 🤯 😎 🤓 🧐 😕 😟 🙁 😮 😲 😳 😨 😰 😥 😢 😭 😱 😖 😞 😓 😩 😤 😡 😠',
  people:
    '👋 🖐️ ✋ 👌 ✌️ 🤞 🤟 🤙 👈 👉 👆 👇 ☝️ 👍 👎 ✊ 👊 👏 🙌 👐 🤲 🤝 🙏 ✍️ 💅 💪 👂 👃 👀 👄 🙋 🙆 🙅 🤷 🤦 🙇 💁 💃 🏃 👶 👧 👦 👩 👨 👵 👴 👪',
  nature:
    '🐶 🐱 🐭 🐰 🦊 🐻 🐼 🐯 🦁 🐸 🐵 🐔 🐧 🦋 🐝 🐟 🐳 🌸 🌹 🌻 🌲 🍀 🌵 🍎 🍌 🍉 🍇 🍓 🍑 🥑 🍅 🥕 🍞 🧀 🍳 🍔 🍟 🍕 🍜 🍣 🍦 🎂 🍰 🍫 🍪 ☕ 🍵 🍺 🍷 ☀️ 🌙 ⭐ ⛅ 🌧️ ❄️ 🌈 🔥 💧',
  things: '🎁 🎉 🎈 🎵 ⚽ 🏆 🚗 🚚 🚲 ✈️ 🚀 🏠 🏪 📦 📮 ✉️ 📷 📱 💻 ⌚ 🔋 💡 🔑 🔒 🔧 ✂️ 📅 📍 📎 🛒 🛍️ 👕 👗 👟 👜 👓 💍 💄 💰 💳',
  symbols: '❤️ 🧡 💛 💚 💙 💜 🖤 💔 💕 💯 ✅ ❌ ❓ ❗ ⚠️ 🚫 ⏰ ⏳ ➕ ➖ 🔴 🔵 ⚫ ⚪ ▶️ ⬅️ ➡️ ⬆️ ⬇️ 🔄 🆕 🆗 💬 💤 ✨ ⚡ 🎯',
} as const
