package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessInfo;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Implements processes on top of commands that can only be started, written to and read. Adds users, working directories, process groups,
 * signals, time limits and exit reasons. Thread-safe.
 *
 * <p>The backend keeps one instance per sandbox and uses it in all sessions. An instance knows only the processes that it has started, not
 * those from before a restart of this program. It reads their output even when no caller is attached.
 *
 * <p>The sandbox needs {@code /bin/sh}, {@code /proc}, {@code env}, {@code chown}; {@code sleep} for time limits; and {@code setpriv} of
 * util-linux or {@code su} to run processes as a user other than the one that commands run as. Without {@code setsid} a process doesn't
 * lead a process group, and its descendants count as its group. Users are looked up in {@code /etc/passwd}.
 *
 * <p>A shell inside the sandbox reports the exit. It can't distinguish exit code 130 from SIGINT, or 141 from SIGPIPE; both count as
 * signals. For a process on a terminal the backend reports the exit. A long command on a terminal is passed through a file in {@code /tmp}.
 */
public final class ExecProcesses implements Processes {
    private static final Duration REMEMBERED = Duration.ofSeconds(60);
    private static final int MAX_REMEMBERED = 1000;

    private final Exec exec;
    private final String defaultUser;
    /** By pid; includes processes that ended recently. */
    private final Map<Integer, LaunchedProcess> processes = new ConcurrentHashMap<>();

    /**
     * Creates the instance for one sandbox, without processes.
     *
     * @param exec runs commands in the sandbox
     * @param defaultUser name or uid of the template's default user
     */
    public ExecProcesses(Exec exec, String defaultUser) {
        this.exec = exec;
        this.defaultUser = defaultUser;
    }

    @Override
    public RunningProcess start(ProcessSpec spec) {
        forgetEnded();
        var attachment = LaunchedProcess.start(exec, Launch.of(spec, defaultUser));
        processes.put(attachment.pid(), attachment.process());
        return attachment;
    }

    /** Forgets processes that ended more than a minute ago, and the oldest when too many have ended. */
    private void forgetEnded() {
        var now = System.nanoTime();
        var ended = processes.values().stream()
                .filter(LaunchedProcess::hasEnded)
                .sorted(Comparator.comparing(LaunchedProcess::endedAt))
                .toList();
        for (int i = 0; i < ended.size(); i++) {
            var one = ended.get(i);
            if (ended.size() - i > MAX_REMEMBERED || now - one.endedAt() > REMEMBERED.toNanos()) {
                processes.remove(one.info().pid(), one);
            }
        }
    }

    @Override
    public RunningProcess attach(ProcessSelector selector) {
        return find(selector).attach();
    }

    @Override
    public List<ProcessInfo> list() {
        return processes.values().stream()
                .filter(it -> !it.hasEnded())
                .map(LaunchedProcess::info)
                .toList();
    }

    @Override
    public void signal(ProcessSelector selector, Signal signal, boolean wholeGroup) {
        find(selector).signal(signal, wholeGroup);
    }

    @Override
    public void writeInput(ProcessSelector selector, byte[] bytes) {
        find(selector).writeInput(bytes, 0, bytes.length);
    }

    @Override
    public void closeInput(ProcessSelector selector) {
        find(selector).closeInput();
    }

    @Override
    public void resize(ProcessSelector selector, PtySize size) {
        find(selector).resize(size);
    }

    /** Returns a matching process: a running one, else the one that ended last. */
    private LaunchedProcess find(ProcessSelector selector) {
        var found = processes.values().stream()
                .filter(it -> selector.matches(it.info()))
                .toList();
        return found.stream()
                .filter(it -> !it.hasEnded())
                .findFirst()
                .or(() -> found.stream().max(Comparator.comparing(LaunchedProcess::endedAt)))
                .orElseThrow(() -> new OperationException(Reason.PROCESS_NOT_FOUND, "no such process"));
    }
}
