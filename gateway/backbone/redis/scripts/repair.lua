-- Corrects the score of a list's row that disagrees with the log, unless it has changed since it was read.
--
-- KEYS  per entry: list (sorted set)
-- ARGV  per entry 3: conversation, the score that was read, the right one or '' to remove the conversation (its log has expired)
-- returns per entry 1
local results = {}
for i = 1, #KEYS do
  local conversation, seen, right = ARGV[i * 3 - 2], ARGV[i * 3 - 1], ARGV[i * 3]
  local score = redis.call('ZSCORE', KEYS[i], conversation)
  if score and tonumber(score) == tonumber(seen) then
    if right == '' then redis.call('ZREM', KEYS[i], conversation) else redis.call('ZADD', KEYS[i], right, conversation) end
  end
  results[i] = 1
end
return results
