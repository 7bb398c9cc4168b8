-- Takes one conversation out of the live store. KEYS: its parts as in store.py, then queue, with-nurse, clock, tombstone.
-- ARGV: conversation, seconds that the tombstone stays (0: none), and, where it goes only if it rests: the last entry
-- and the version that were seen. Returns 1 when it is gone, 0 when it does not rest.
local state, log, pending = KEYS[1], KEYS[2], KEYS[4]
if ARGV[3] then
  local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
  local owner = redis.call('HGET', state, 'owner')
  local rests = owner == '"bot"' or owner == '"closed"'
  if not rests or redis.call('LLEN', pending) > 0 then return 0 end
  if (last and last[1] or '0-0') ~= ARGV[3] or redis.call('HGET', state, 'version') ~= ARGV[4] then return 0 end
end
for part = 1, #KEYS - 4 do redis.call('DEL', KEYS[part]) end
for shared = #KEYS - 3, #KEYS - 1 do redis.call('ZREM', KEYS[shared], ARGV[1]) end
if tonumber(ARGV[2]) > 0 then redis.call('SET', KEYS[#KEYS], '1', 'EX', ARGV[2]) end
return 1
