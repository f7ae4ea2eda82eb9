-- Does what an append does, where it costs nothing: writes, and publishes what it wrote.
--
-- KEYS  a hash
-- ARGV  1 PUBLISH | SPUBLISH   2 what to publish   then the channels
-- returns nothing
redis.call('HSET', KEYS[1], 'at', ARGV[2])
redis.call('PEXPIRE', KEYS[1], 60000)
for i = 3, #ARGV do redis.call(ARGV[1], ARGV[i], ARGV[2]) end
