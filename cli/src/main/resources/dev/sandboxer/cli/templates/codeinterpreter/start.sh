# Starts the code interpreter, and restarts it whenever it ends. This shell's command line shares no word with that of the code interpreter,
# so that `pkill -f` of the code interpreter doesn't kill this shell.
pause=0
began=
while :; do
    last=$began
    began=$(date +%s)
    /usr/bin/python3 /usr/local/lib/code-interpreter/gateway.py
    code=$?
    # An exit at the first start, not by a signal, means that it can't run here: the creation of the sandbox then fails with its message.
    [ -n "$last" ] || [ $code -gt 128 ] || exit $code
    if [ $(($(date +%s) - began)) -ge 10 ]; then
        pause=0
    elif [ -n "$last" ] && [ $pause -lt 8 ]; then
        pause=$((pause * 2 + (pause == 0)))
    fi
    echo "gateway: ended with exit code $code; restarts in $pause s" >&2
    sleep $pause
done
