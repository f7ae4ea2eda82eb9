-- Enters conversations into lists that live on another server than their logs. Monotone: a time only moves forward.
--
-- KEYS  per entry: list (sorted set)
-- ARGV  per entry 2: at, conversation
-- returns per entry 1
local results = {}
for i = 1, #KEYS do
  redis.call('ZADD', KEYS[i], 'GT', ARGV[i * 2 - 1], ARGV[i * 2])
  results[i] = 1
end
return results
