-- One atomic step on one conversation. KEYS: its state, log, client ids, pending turns, verdicts, unsent, busy, messages
-- of this minute, changes of owner, marks on answers; then, of all, queue, with-nurse, work, clock, present, notify, and
-- feed (what the record has to look at, no text). ARGV[1]: the request as JSON (see store.py). Returns {status, entry id ...}.
local state, log, ids, pending, verdicts, unsent = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local busy, minute, changes, marks = KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local queue, with_nurse, work, clock, present, notify, feed = KEYS[11], KEYS[12], KEYS[13], KEYS[14], KEYS[15], KEYS[16], KEYS[17]
local ask = cjson.decode(ARGV[1])

if redis.call('EXISTS', state) == 0 then return {'missing'} end
if ask.client_id then
  local known = redis.call('HGET', ids, ask.client_id)
  if known then return {'duplicate', known} end
end
if ask.per_minute then
  local said = redis.call('INCR', minute)
  if said == 1 then redis.call('EXPIRE', minute, 60) end
  if said > ask.per_minute then return {'too_fast'} end
end
local replaced
if ask.mark then -- one of its kind on an answer
  for _, row in ipairs(redis.call('XRANGE', marks, '-', '+')) do
    local kind, entry, said = row[2][2], row[2][4], row[2][6]
    if kind == ask.mark.kind and entry == ask.mark.entry then
      if said == ask.mark.m then return {'duplicate', row[1]} end
      replaced = row[1]
    end
  end
end
if ask.verdict and redis.call('HEXISTS', verdicts, ask.verdict.entry) == 1 then return {'settled'} end
if ask.done and not redis.call('LPOS', pending, ask.done) then return {'done'} end
if ask.version and tonumber(redis.call('HGET', state, 'version')) ~= ask.version then return {'conflict'} end

if ask.absent then
  local there = redis.call('ZSCORE', present, ask.absent[1])
  if there and tonumber(there) > ask.absent[2] then return {'present'} end
end

if ask.set then
  local set = {}
  for name, value in pairs(ask.set) do set[#set + 1], set[#set + 2] = name, value end
  redis.call('HSET', state, unpack(set)) -- never empty: each change raises the version
end
local reply = {'ok'}
for _, entry in ipairs(ask.entries) do
  reply[#reply + 1] = redis.call('XADD', log, '*', 'e', entry)
end
for _, entry in ipairs(ask.unsent) do redis.call('RPUSH', unsent, entry) end
if ask.client_id then redis.call('HSET', ids, ask.client_id, reply[2]) end
if ask.verdict then redis.call('HSET', verdicts, ask.verdict.entry, ask.verdict.json) end
if ask.done then redis.call('LREM', pending, 1, ask.done) end
if ask.pend then
  redis.call('RPUSH', pending, reply[2])
  if redis.call('SETNX', busy, '1') == 1 then redis.call('XADD', work, '*', 'conversation', ask.conversation) end
end
if ask.owner then
  redis.call('ZREM', queue, ask.conversation)
  redis.call('ZREM', with_nurse, ask.conversation)
  redis.call('ZREM', clock, ask.conversation)
  if ask.owner == 'queue' then redis.call('ZADD', queue, ask.score, ask.conversation) end
  if ask.owner == 'nurse' then redis.call('ZADD', with_nurse, ask.score, ask.conversation) end
  if ask.owner == 'queue' or ask.owner == 'nurse' then
    redis.call('ZADD', clock, 0, ask.conversation) -- its clock is set by whoever looks at it next
  end
end
for _, event in ipairs(ask.notify) do redis.call('XADD', notify, 'MAXLEN', '~', '10000', '*', 'e', event) end
if ask.mark then
  redis.call('XADD', marks, '*', 'kind', ask.mark.kind, 'entry', ask.mark.entry, 'm', ask.mark.m)
  if replaced then redis.call('XDEL', marks, replaced) end
end
if ask.change then redis.call('XADD', changes, '*', 'c', ask.change) end
local fed = {'conversation', ask.conversation}
if ask.verdict then fed[3], fed[4] = 'verdict', ask.verdict.entry end
redis.call('XADD', feed, '*', unpack(fed))
for _, signal in ipairs(ask.signals) do redis.call('PUBLISH', signal[1], signal[2]) end
return reply
