-- Reads heads of logs.
--
-- KEYS  per conversation: head (string, see log-head.ts)
-- returns per conversation the head, '' = none
local heads = redis.call('MGET', unpack(KEYS))
for i = 1, #KEYS do heads[i] = heads[i] or '' end
return heads
