-- Does what an append does, on a key of its own: writes, and publishes.
--
-- KEYS  a hash
-- ARGV  1 PUBLISH | SPUBLISH   2 payload   then the channels
-- returns nothing
redis.call('HSET', KEYS[1], 'at', ARGV[2])
redis.call('PEXPIRE', KEYS[1], 60000)
for i = 3, #ARGV do redis.call(ARGV[1], ARGV[i], ARGV[2]) end
