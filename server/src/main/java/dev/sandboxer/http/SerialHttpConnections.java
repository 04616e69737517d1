package dev.sandboxer.http;

import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * Makes HTTP/1 connections on which only one thread at a time reads requests.
 *
 * <p>Jetty (12.1.14) answers a malformed head on a second thread. After the answer, that thread continues to read, perhaps before the first
 * thread has returned its buffer to the pool. Then bytes of this client end up in a buffer that another connection uses.
 */
public final class SerialHttpConnections extends HttpConnectionFactory {
    public SerialHttpConnections(HttpConfiguration configuration) {
        super(configuration);
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        var connection = new SerialHttpConnection(getHttpConfiguration(), connector, endPoint);
        connection.setTransferEncodingChunkMaxLength(getTransferEncodingChunkMaxLength());
        return configure(connection, connector, endPoint);
    }

    private static final class SerialHttpConnection extends HttpConnection {
        private final ReentrantLock reading = new ReentrantLock();

        SerialHttpConnection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
            super(configuration, connector, endPoint);
        }

        @Override
        public void onFillable() {
            reading.lock();
            try {
                super.onFillable();
            } finally {
                reading.unlock();
            }
        }
    }
}
