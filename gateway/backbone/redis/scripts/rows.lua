-- Reads what lists show of conversations. Writes nothing.
--
-- KEYS  per conversation: head (string, see log-head.ts), log (list), meta (hash)
-- ARGV  per conversation: bytes of an entry at most, or '' for the head alone
-- returns per conversation its text, see row.lua
local keys, rows = {}, {}
for i = 1, #KEYS, 3 do keys[#keys + 1] = KEYS[i] end
local heads = redis.call('MGET', unpack(keys))
for i = 1, #heads do rows[i] = row(heads[i], KEYS[i * 3 - 1], KEYS[i * 3], ARGV[i]) end
return rows
