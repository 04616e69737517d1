package dev.sandboxer.local.agent;

import dev.sandboxer.extension.session.ProcessInfo;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.local.folder.StoredRequest;
import dev.sandboxer.local.host.OomKills;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The processes of a local sandbox. */
record LocalProcesses(AgentConnector agent) implements Processes {
    private static final int FLAG_STDIN = 1;
    private static final int FLAG_PTY = 2;
    private static final int MAX_INPUT_BYTES = 64 << 10;

    /** Limits on a list of processes, which is held in memory and takes several times the bytes of its frames. */
    private static final FrameList.Limits PROCESSES =
            new FrameList.Limits(65_536, FrameWriter.MAX_PAYLOAD_BYTES, 8L << 20);

    @Override
    public RunningProcess start(ProcessSpec spec) {
        var env = new HashMap<>(agent.folder().request().map(StoredRequest::env).orElseGet(Map::of));
        env.putAll(spec.env());
        var pty = spec.pty();
        var flags = (spec.stdin() ? FLAG_STDIN : 0) | (pty != null ? FLAG_PTY : 0);
        var timeout = spec.timeout();
        return stream(new FrameWriter(FrameType.START)
                .list(spec.argv())
                .map(env)
                .str(spec.cwd())
                .str(spec.user())
                .u8(flags)
                .u16(pty == null ? 0 : pty.columns())
                .u16(pty == null ? 0 : pty.rows())
                .str(spec.tag())
                .u64(timeout == null ? 0 : Math.max(1, timeout.toMillis())));
    }

    @Override
    public RunningProcess attach(ProcessSelector selector) {
        return stream(select(FrameType.ATTACH, selector));
    }

    private RunningProcess stream(FrameWriter request) {
        var kills = OomKills.count(agent.cgroups());
        var connection = agent.open();
        try {
            connection.send(request);
            var pid = connection.expect(FrameType.STARTED).i32();
            connection.switchToStream();
            return new LocalProcess(connection, pid, () -> OomKills.count(agent.cgroups()) > kills);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public List<ProcessInfo> list() {
        try (var connection = agent.open()) {
            connection.send(new FrameWriter(FrameType.LIST));
            var found = new ArrayList<ProcessInfo>();
            var frames = new FrameList(
                    connection, FrameType.PROCESS, PROCESSES, agent.timeouts().work());
            frames.forEach(frame -> found.add(info(frame)));
            return found;
        }
    }

    private static ProcessInfo info(Frame frame) {
        var pid = frame.i32();
        var tag = frame.str();
        var argv = frame.list();
        var env = frame.map();
        var cwd = frame.str();
        var pty = (frame.u8() & FLAG_PTY) != 0;
        return new ProcessInfo(pid, tag.isEmpty() ? null : tag, argv, env, cwd, pty);
    }

    @Override
    public void signal(ProcessSelector selector, Signal signal, boolean wholeGroup) {
        sendRequest(select(FrameType.SIGNAL, selector).u32(signal.number()).u8(wholeGroup ? 1 : 0));
    }

    @Override
    public void writeInput(ProcessSelector selector, byte[] bytes) {
        for (int offset = 0; offset < bytes.length; offset += MAX_INPUT_BYTES) {
            var count = Math.min(MAX_INPUT_BYTES, bytes.length - offset);
            sendRequest(select(FrameType.INPUT, selector).u32(count).bytes(bytes, offset, count));
        }
    }

    @Override
    public void closeInput(ProcessSelector selector) {
        sendRequest(select(FrameType.CLOSE_STDIN, selector));
    }

    @Override
    public void resize(ProcessSelector selector, PtySize size) {
        sendRequest(select(FrameType.RESIZE, selector).u16(size.columns()).u16(size.rows()));
    }

    private void sendRequest(FrameWriter request) {
        try (var connection = agent.open()) {
            connection.send(request);
            connection.expect(FrameType.OK);
        }
    }

    private static FrameWriter select(int type, ProcessSelector selector) {
        var frame = new FrameWriter(type);
        return switch (selector) {
            case ProcessSelector.ByPid(int pid) -> frame.u32(pid).str("");
            case ProcessSelector.ByTag(String tag) -> frame.u32(0).str(tag);
        };
    }
}
