package com.example.httpbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Starts the example's service as the README does, and stops it at the end of the tests. */
final class RunningService {
    static final String TOKEN = "fake-token-for-tests";

    private static final String URL = start();

    private RunningService() {}

    static String url() {
        return URL;
    }

    private static String start() {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var builder = new ProcessBuilder(java, "service/BoxService.java", "0");
        builder.environment().put("HTTP_BOX_TOKEN", TOKEN);
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            var process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
            var reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            var line = String.valueOf(reader.readLine());
            if (!line.startsWith("listening on ")) {
                throw new IllegalStateException("the service did not start: " + line);
            }
            return line.substring("listening on ".length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
