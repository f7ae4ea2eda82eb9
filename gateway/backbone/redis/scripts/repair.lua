-- Corrects the score of a list's row that disagrees with the log, unless it has changed since it was read.
--
-- KEYS  per entry: list (sorted set)
-- ARGV  per entry 3: conversation, the score that was read, the right one or '' to remove the conversation (its log has expired)
-- returns per entry 1
local function item(k, a)
  local list, conversation, seen, right = KEYS[k], ARGV[a], ARGV[a + 1], ARGV[a + 2]
  local score = redis.call('ZSCORE', list, conversation)
  if not score or tonumber(score) ~= tonumber(seen) then return 1 end
  if right == '' then redis.call('ZREM', list, conversation) else redis.call('ZADD', list, right, conversation) end
  return 1
end
