# Keeps one throw-away PostgreSQL server alive for as long as its standard input is open.
# Arguments: the directory of PostgreSQL's programs; `on` or `off` for fsync.
# Prints the directory of the server's socket once the server answers.
set -eu
bin=$1 fsync=$2

# The end is told by standard input and by nothing else: a test run that is interrupted or killed closes it too.
trap '' HUP INT TERM

# A short path, because a socket's name holds at most 107 bytes.
home=$(mktemp -d /tmp/gatewright-postgres.XXXXXX)
trap 'rm -rf "$home"' EXIT

complain() {
    cat "$home/log" >&2
    exit 1
}

"$bin/initdb" --pgdata="$home/data" --username=gatewright --auth=trust --encoding=UTF8 --no-locale \
    --no-sync >"$home/log" 2>&1 || complain

"$bin/postgres" -D "$home/data" -k "$home" -c listen_addresses= -c fsync="$fsync" \
    -c synchronous_commit="$fsync" -c full_page_writes="$fsync" -c max_connections=300 \
    -c shared_buffers=32MB >>"$home/log" 2>&1 </dev/null &
server=$!

until "$bin/pg_isready" --quiet --host="$home"; do
    kill -0 "$server" 2>/dev/null || complain
    sleep 0.05
done

echo "$home"
cat >/dev/null
kill -QUIT "$server"
wait "$server" || true
