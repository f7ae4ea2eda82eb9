-- Behind every script that does the same for each of many items (scripts.ts): calls `item` with the places of its first key and of its first argument, and
-- returns what that returned. In front are the numbers of an item's keys and of the arguments that are for all.
local results, count = {}, #KEYS / KEYS_EACH
for i = 0, count - 1 do results[i + 1] = item(i * KEYS_EACH + 1, ARGS_BEFORE + i * (#ARGV - ARGS_BEFORE) / count + 1) end
return results
