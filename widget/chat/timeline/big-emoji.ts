/**
 * One to three emoji as people see them. By ranges of code points and not by properties: engines that load the modules of 2017 lack `\p{Extended_Pictographic}`.
 *
 *   a flag          two letters of regions
 *   a keycap        a digit and its frame
 *   a picture       from the blocks that hold nothing else, or a symbol that is drawn as an emoji by itself or by VS16; then a skin tone or the tags
 *                   of a region, and further pictures joined to it (families, professions)
 *
 * One literal, because the compiler rewrites literals alone for engines that lack the flag `u`.
 */
const ALONE =
  /^(?:(?:[\u{1f1e6}-\u{1f1ff}]{2}|[#*0-9]\ufe0f\u20e3|(?:[\u{1f000}-\u{1f0ff}\u{1f300}-\u{1faff}]|[\u231a\u231b\u23e9-\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2-\u26f5\u26fa\u26fd\u2705\u270a-\u270d\u2728\u274c\u274e\u2753-\u2755\u2757\u2764\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55]|[\u00a9\u00ae\u203c-\u303d\u3297\u3299](?=\ufe0f))\ufe0f?(?:[\u{1f3fb}-\u{1f3ff}]|[\u{e0020}-\u{e007e}]{1,8}\u{e007f})?(?:\u200d(?:[\u{1f300}-\u{1faff}]|[\u2640-\u27bf])\ufe0f?[\u{1f3fb}-\u{1f3ff}]?){0,4}) ?){1,3}$/u

/** Three families with their skin tones and spaces. */
const MOST = 120

/** Whether a text is one to three emoji and nothing else: it is shown large, without a bubble. */
export const isBigEmoji = (text: string): boolean => text.length <= MOST && ALONE.test(text.trim())
