package dev.sandboxer.http.ports;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** The head of a response from the server in the sandbox. */
record ResponseHead(int status, HttpFields headers) {
    boolean switchesProtocols() {
        return status == HttpStatus.SWITCHING_PROTOCOLS_101;
    }

    /** Copies status and headers to a response, in place of headers of the same names. */
    void copyTo(Request request, Response response) {
        var hopByHop = new HopByHop(headers);
        response.setStatus(status);
        var to = response.getHeaders();
        for (var header : headers) {
            to.remove(header.getName());
        }
        for (var header : headers) {
            if (!hopByHop.covers(header)) {
                addOrReplace(to, header.getName(), header.getValue());
            }
        }
        if (status == HttpStatus.NO_CONTENT_204 || switchesProtocols()) {
            to.remove(HttpHeader.CONTENT_LENGTH);
        }
        if (switchesProtocols()) {
            to.put(HttpHeader.CONNECTION, "Upgrade");
            headers.getFields(HttpHeader.UPGRADE).forEach(to::add);
        } else if (mayHaveUnknownLength() && speaks(request, HttpVersion.HTTP_1_1)) {
            // set explicitly, since a truncated body that ends with the connection would look complete
            to.put(HttpHeader.TRANSFER_ENCODING, "chunked");
        }
    }

    private boolean mayHaveUnknownLength() {
        return status != HttpStatus.NO_CONTENT_204
                && status != HttpStatus.NOT_MODIFIED_304
                && !headers.contains(HttpHeader.CONTENT_LENGTH);
    }

    /** Adds a header. {@code Server} and {@code Date} are replaced, since Jetty has set them already. */
    private static void addOrReplace(HttpFields.Mutable to, String name, String value) {
        if (name.equalsIgnoreCase("Server") || name.equalsIgnoreCase("Date")) {
            to.put(name, value);
        } else {
            to.add(name, value);
        }
    }

    private static boolean speaks(Request request, HttpVersion version) {
        return request.getConnectionMetaData().getHttpVersion() == version;
    }
}
