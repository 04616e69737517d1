package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.FileEvent;
import dev.sandboxer.extension.FileWatch;
import dev.sandboxer.extension.SandboxFiles;
import dev.sandboxer.http.CutOff;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.InterruptibleCalls;
import dev.sandboxer.http.e2b.envd.FileMessages.WatchMessage;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** E2B's {@code filesystem.Filesystem}. */
final class FileService {
    private static final int MOST_ENTRIES = 200_000;

    private final InterruptibleCalls calls;
    private final Watchers watchers;
    private final InstantSource clock;

    FileService(InterruptibleCalls calls, Watchers watchers, InstantSource clock) {
        this.calls = calls;
        this.watchers = watchers;
        this.clock = clock;
    }

    private interface FileWork {
        Object on(SandboxFiles files, @Nullable String user);
    }

    void answer(String method, Rpc rpc) throws IOException {
        switch (method) {
            case "Stat" ->
                rpc.unary(
                        FileMessages.Path.class,
                        asked -> files(
                                rpc,
                                (files, user) ->
                                        new FileMessages.One(FileMessages.Entry.of(files.stat(asked.path(), user)))));
            case "MakeDir" ->
                rpc.unary(
                        FileMessages.Path.class,
                        asked -> files(
                                rpc,
                                (files, user) -> new FileMessages.One(
                                        FileMessages.Entry.of(files.makeDirectory(asked.path(), user)))));
            case "Remove" ->
                rpc.unary(FileMessages.Path.class, asked -> files(rpc, (files, user) -> remove(files, user, asked)));
            case "Move" ->
                rpc.unary(FileMessages.Move.class, asked -> files(rpc, (files, user) -> move(files, user, asked)));
            case "ListDir" ->
                rpc.unary(FileMessages.Path.class, asked -> files(rpc, (files, user) -> list(files, user, asked)));
            case "WatchDir" -> rpc.streaming(FileMessages.Watch.class, (asked, stream) -> watch(rpc, asked, stream));
            case "CreateWatcher" -> rpc.unary(FileMessages.Watch.class, asked -> createWatcher(rpc, asked));
            case "GetWatcherEvents" ->
                rpc.unary(FileMessages.WatcherId.class, asked -> watchers.events(rpc.sandbox(), id(asked)));
            case "RemoveWatcher" ->
                rpc.unary(FileMessages.WatcherId.class, asked -> watchers.remove(rpc.sandbox(), id(asked)));
            default -> throw new E2bException(404, "filesystem.Filesystem has no method " + method);
        }
    }

    private static String id(FileMessages.WatcherId asked) {
        return Objects.requireNonNullElse(asked.watcherId(), "");
    }

    private Object files(Rpc rpc, FileWork work) throws IOException {
        var user = rpc.user();
        return calls.work(rpc.exchange(), rpc.sandbox(), session -> work.on(session.files(), user));
    }

    private static Object remove(SandboxFiles files, @Nullable String user, FileMessages.Path asked) {
        files.remove(asked.path(), user);
        return Map.of();
    }

    private static Object move(SandboxFiles files, @Nullable String user, FileMessages.Move asked) {
        var moved = files.move(SandboxPaths.check(asked.source()), SandboxPaths.check(asked.destination()), user);
        return new FileMessages.One(FileMessages.Entry.of(moved));
    }

    private static Object list(SandboxFiles files, @Nullable String user, FileMessages.Path asked) {
        var entries = new ArrayList<FileMessages.Entry>();
        files.list(asked.path(), asked.levels(), user, entry -> {
            if (entries.size() == MOST_ENTRIES) {
                throw new ConnectException(
                        ConnectCode.RESOURCE_EXHAUSTED, "more than " + MOST_ENTRIES + " entries; list less at once");
            }
            entries.add(FileMessages.Entry.of(entry));
        });
        return new FileMessages.Many(entries);
    }

    private Object createWatcher(Rpc rpc, FileMessages.Watch asked) throws IOException {
        var user = rpc.user();
        // outlives this session: a watch has a connection of its own
        return calls.work(
                rpc.exchange(),
                rpc.sandbox(),
                session -> watchers.add(rpc.sandbox(), open(session.files(), user, asked)));
    }

    private static FileWatch open(SandboxFiles files, @Nullable String user, FileMessages.Watch asked) {
        return files.watch(
                SandboxPaths.check(asked.path()),
                user,
                Boolean.TRUE.equals(asked.recursive()),
                Boolean.TRUE.equals(asked.includeEntry()));
    }

    private void watch(Rpc rpc, FileMessages.Watch asked, RpcStream stream) throws IOException {
        var user = rpc.user();
        var time = CallDeadline.of(rpc, clock);
        calls.stream(rpc.exchange(), rpc.sandbox(), session -> {
            try (var watch = open(session.files(), user, asked)) {
                pump(watch, stream, time);
            }
            return true;
        });
    }

    private static void pump(FileWatch watch, RpcStream stream, CallDeadline time) throws IOException {
        stream.send(WatchMessage.START);
        try {
            while (true) {
                var event = watch.next(time.nextWait());
                stream.send(event == null ? WatchMessage.KEEPALIVE : new WatchMessage(null, message(event), null));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CutOff("the server is going down", e);
        }
    }

    static FileMessages.Event message(FileEvent event) {
        if (event.kind() == FileEvent.Kind.OVERFLOW) {
            throw new ConnectException(
                    ConnectCode.RESOURCE_EXHAUSTED,
                    "events were lost: too much happened at once; list and watch again");
        }
        return FileMessages.Event.of(event);
    }
}
