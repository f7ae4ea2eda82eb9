-- Removes conversations: whoever writes next begins a new log. Idempotent. The lists are keys of other slots.
--
-- KEYS  per conversation: head (string, see log-head.ts), log (list), meta (hash)
-- returns per conversation 1, or 0 where there was nothing
local results = {}
for i = 1, #KEYS / 3 do
  -- UNLINK: a long list is freed beside the server's other work
  results[i] = redis.call('UNLINK', KEYS[i * 3 - 2], KEYS[i * 3 - 1], KEYS[i * 3]) > 0 and 1 or 0
end
return results
