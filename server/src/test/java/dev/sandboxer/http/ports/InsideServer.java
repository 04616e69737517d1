package dev.sandboxer.http.ports;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that stands in for one inside a sandbox. Its script serves each connection. */
public final class InsideServer implements AutoCloseable {
    public interface Script {
        void serve(Peer peer) throws Exception;
    }

    private final ServerSocket listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ConcurrentLinkedQueue<CompletableFuture<Void>> served = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Peer> peers = new ConcurrentLinkedQueue<>();

    public InsideServer(Script script) throws IOException {
        threads.submit(() -> accept(script));
    }

    /** Returns a script that reads one request's head, sends these bytes, and closes. */
    public static Script answering(String response) {
        return peer -> {
            peer.head();
            peer.send(response);
        };
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    /** Waits for the scripts of all connections so far, and throws their failures. */
    public void check() throws Exception {
        for (var one : served) {
            one.get();
        }
    }

    /** Resets every connection. */
    public void resetAll() throws IOException {
        for (var peer : peers) {
            peer.reset();
        }
    }

    private Void accept(Script script) throws IOException {
        while (true) {
            var peer = new Peer(listener.accept());
            var outcome = new CompletableFuture<Void>();
            peers.add(peer);
            served.add(outcome);
            threads.submit(() -> {
                try (peer) {
                    script.serve(peer);
                    outcome.complete(null);
                } catch (Throwable e) {
                    outcome.completeExceptionally(e);
                }
            });
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var peer : peers) {
            peer.close();
        }
        threads.shutdownNow();
        threads.close();
    }
}
