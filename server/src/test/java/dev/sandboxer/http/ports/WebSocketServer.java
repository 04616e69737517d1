package dev.sandboxer.http.ports;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Base64;

/** A minimal WebSocket server, which echoes every message. */
final class WebSocketServer implements InsideServer.Script {
    @Override
    public void serve(Peer peer) throws Exception {
        var head = peer.head();
        var key = head.lines()
                .filter(line -> line.startsWith("Sec-WebSocket-Key: "))
                .map(line -> line.substring(19) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                .findFirst()
                .orElseThrow();
        var accept = MessageDigest.getInstance("SHA-1").digest(key.getBytes(ISO_8859_1));
        peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(accept) + "\r\n\r\n");
        while (echo(peer)) {}
    }

    /** Echoes one frame, unmasked; returns false after a closing one. */
    private static boolean echo(Peer peer) throws IOException {
        int first = peer.input().read();
        int second = peer.input().read();
        int length = second & 0x7f;
        var header = ByteBuffer.allocate(10).put((byte) first).put((byte) length);
        if (length == 126) {
            var extended = peer.input().readNBytes(2);
            header.put(extended);
            length = ByteBuffer.wrap(extended).getShort() & 0xffff;
        } else if (length == 127) {
            var extended = peer.input().readNBytes(8);
            header.put(extended);
            length = (int) ByteBuffer.wrap(extended).getLong();
        }
        var mask = peer.input().readNBytes(4);
        var data = peer.input().readNBytes(length);
        for (int i = 0; i < length; i++) {
            data[i] ^= mask[i % 4];
        }
        var bytes = new byte[header.position()];
        header.flip().get(bytes);
        peer.send(bytes).send(data);
        return (first & 0xf) != 8;
    }
}
