package dev.sandboxer.local.hostile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Passes requests on unchanged, and damages about half of the pieces of each answer at random. */
final class Damage implements HostileAgent.Conversation {
    private SplittableRandom random = new SplittableRandom();

    synchronized void seed(SplittableRandom fresh) {
        random = fresh;
    }

    private synchronized SplittableRandom forOneConversation() {
        return random.split();
    }

    @Override
    public void with(SocketChannel caller, HostileAgent agent) throws IOException {
        var own = forOneConversation();
        try (var real = agent.dialReal()) {
            Thread.ofVirtual().start(() -> passOn(caller, real));
            var piece = ByteBuffer.allocate(64 << 10);
            while (real.read(piece.clear()) >= 0) {
                var bytes = Arrays.copyOf(piece.array(), piece.position());
                caller.write(ByteBuffer.wrap(own.nextBoolean() ? bytes : damaged(bytes, own)));
            }
        }
    }

    private static void passOn(SocketChannel caller, SocketChannel real) {
        var piece = ByteBuffer.allocate(64 << 10);
        try {
            while (caller.read(piece.clear()) >= 0) {
                real.write(piece.flip());
            }
            real.shutdownOutput();
        } catch (IOException e) {
            // one side has closed the connection
        }
    }

    private static byte[] damaged(byte[] bytes, SplittableRandom random) {
        // prefers the start, where lengths and counts are
        var at = random.nextInt(random.nextBoolean() ? Math.min(bytes.length, 24) : bytes.length);
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> join(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at + 1, bytes.length));
            case 2 -> join(bytes, bytes);
            case 3 -> {
                var more = new byte[random.nextInt(1, 64)];
                random.nextBytes(more);
                yield join(Arrays.copyOf(bytes, at), more, Arrays.copyOfRange(bytes, at, bytes.length));
            }
            default -> {
                for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
                    bytes[at] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
                    at = random.nextInt(bytes.length);
                }
                yield bytes;
            }
        };
    }

    private static byte[] join(byte[]... parts) {
        var all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        Arrays.stream(parts).forEach(all::put);
        return all.array();
    }
}
