-- Replaces assignments of conversations, each only if it has the expected version. The caller makes the new version, so the same
-- change again finds itself stored and changes nothing. The head changes with it, so that no append that knows the one before is written.
--
-- KEYS  per conversation: head (string, see log-head.ts), meta (hash: v version, d text)
-- ARGV  per conversation 5: version, expected version ('' = none), the head's lines about it, '1' if somebody is muted, text
-- returns per conversation 1, or if refused 'version text' of what is stored ('' = nothing)
local function item(k, a)
  local head, meta = KEYS[k], KEYS[k + 1]
  local now = redis.call('GET', head)
  local known = now and redis.call('HMGET', meta, 'v', 'd') or {}
  local found = known[1] or ''
  if found == ARGV[a] then return 1 end
  if found ~= ARGV[a + 1] then return found == '' and '' or found .. ' ' .. known[2] end
  if not now then redis.call('DEL', meta) end
  redis.call('HSET', meta, 'v', ARGV[a], 'd', ARGV[a + 4])
  redis.call('SET', head, string.match(now or '', '^[^\n]*') .. ARGV[a + 2], 'KEEPTTL')
  -- a block by the shop outlives the messages of the blocked person
  if ARGV[a + 3] == '1' then
    redis.call('PERSIST', meta)
    redis.call('PERSIST', head)
  end
  return 1
end
