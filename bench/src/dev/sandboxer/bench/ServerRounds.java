package dev.sandboxer.bench;

import dev.sandboxer.bench.Results.Group;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Times creations alternately through one server and through two that share a database and this machine. Both servers run all the
 * time, so both figures include the cost of an idle server.
 */
final class ServerRounds implements AutoCloseable {
    static final String ONE = "a batch of 32 through one server";
    static final String TWO = "a batch of 32 through two servers";
    static final int BATCH = 32;
    private static final int CLIENTS = 8;

    private final List<ServerProcess> servers = new ArrayList<>();
    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    private final Map<String, ServerProcess> made = new ConcurrentHashMap<>();

    ServerRounds(Path dist, String database, Workspace work, Cleanup cleanup) throws Exception {
        cleanup.add("servers and their sandboxes", this::close);
        var home = Files.createDirectories(work.resolve("servers"));
        servers.add(new ServerProcess(dist, home, database, ""));
        servers.add(new ServerProcess(dist, home, database, servers.getFirst().key()));
    }

    void round(Results results) throws Exception {
        results.time(Group.SERVERS, ONE, () -> batch(servers.subList(0, 1)));
        destroyAll();
        results.time(Group.SERVERS, TWO, () -> batch(servers));
        destroyAll();
    }

    private void batch(List<ServerProcess> through) throws Exception {
        var next = new AtomicInteger();
        all(BATCH, () -> {
            var server = through.get(next.getAndIncrement() % through.size());
            made.put(server.create(), server);
            return true;
        });
    }

    private void destroyAll() throws Exception {
        var ids = List.copyOf(made.keySet());
        var next = new AtomicInteger();
        all(ids.size(), () -> {
            var id = ids.get(next.getAndIncrement());
            made.get(id).destroy(id);
            made.remove(id);
            return true;
        });
    }

    private void all(int times, Callable<Boolean> call) throws Exception {
        for (var done : clients.invokeAll(java.util.Collections.nCopies(times, call))) {
            done.get();
        }
    }

    @Override
    public synchronized void close() throws Exception {
        if (clients.isShutdown()) {
            return;
        }
        try {
            destroyAll();
        } finally {
            clients.close();
            for (var server : servers) {
                server.close();
            }
        }
    }
}
