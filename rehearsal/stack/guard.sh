# Ends the parts of a stack when its supervisor is gone, even by SIGKILL: the supervisor holds the
# other end of standard input and names its children on it, one per line: `add PID SIGNAL`, `drop PID`.
trap '' INT TERM HUP
children=
while read -r verb pid signal; do
    case $verb in
    add) children="$children $pid:$signal" ;;
    drop)
        rest=
        for child in $children; do
            [ "${child%%:*}" = "$pid" ] || rest="$rest $child"
        done
        children=$rest
        ;;
    esac
done
for child in $children; do
    kill -s "${child##*:}" "${child%%:*}" 2>/dev/null
done
# Two seconds for an orderly end, then by force.
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    rest=
    for child in $children; do
        kill -s 0 "${child%%:*}" 2>/dev/null && rest="$rest $child"
    done
    children=$rest
    [ -n "$children" ] || exit 0
    sleep 0.1
done
for child in $children; do
    kill -s KILL "${child%%:*}" 2>/dev/null
done
exit 0
