import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * A minimal sandbox service with an HTTP API on the loopback address; its sandboxes are called boxes. Needs Linux, root, bubblewrap and
 * Perl.
 *
 * <pre>
 * HTTP_BOX_TOKEN=... java BoxService.java 7171
 *
 * GET    /boxes                              one line for each box: NAME CREATED_MS DEADLINE_MS
 * PUT    /boxes/NAME?deadline=MS             creates a box; the body is its variables, NAME=VALUE, each followed by a NUL
 * GET    /boxes/NAME                         its line
 * POST   /boxes/NAME/deadline?at=MS          moves the time at which the service ends the box
 * DELETE /boxes/NAME                         ends the box
 * POST   /boxes/NAME/commands?input=BOOLEAN  runs a command; the body is its words, each followed by a NUL
 * POST   /boxes/NAME/commands/N/input        writes the body to the command's input; ?end=true closes the input
 * </pre>
 *
 * The response to a command has the command's number in the header X-Command. Its body consists of frames: one byte for the type (1 =
 * standard output, 2 = standard error, 0 = the exit status as text), four bytes for the length, and the content. A response without a frame
 * of type 0 was cut off.
 *
 * <p>This is an example, not a product. Boxes have their own files and processes and no network. But root in a box is root on the host,
 * nothing limits memory or CPU, boxes share the host's disk, and all boxes end with the service. Don't run untrusted code.
 */
final class BoxService {
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,100}");
    private static final Pattern PATH = Pattern.compile("/boxes(?:/([^/]+)(?:/(deadline|commands)(?:/([0-9]+)/input)?)?)?");
    private static final int MAX_BODY_BYTES = 4 << 20;
    private static final int MAX_BOXES = 100;

    private final byte[] token;
    private final Map<String, Box> boxes = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    BoxService(String token) {
        this.token = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
    }

    public static void main(String[] args) throws IOException {
        var token = System.getenv().getOrDefault("HTTP_BOX_TOKEN", "");
        if (token.isEmpty() || args.length != 1) {
            System.err.println("usage: HTTP_BOX_TOKEN=... java BoxService.java PORT");
            System.exit(2);
        }
        System.setProperty("sun.net.httpserver.nodelay", "true");
        var service = new BoxService(token);
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        var server = HttpServer.create(address, 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/boxes", service::serve);
        Runtime.getRuntime().addShutdownHook(new Thread(service::endAll));
        server.start();
        System.out.println("listening on http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var given = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            var path = PATH.matcher(exchange.getRequestURI().getPath());
            if (!MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8))) {
                answer(exchange, 401, "the token is missing or wrong");
            } else if (!path.matches()) {
                answer(exchange, 400, "no such path");
            } else if (path.group(1) == null) {
                var lines = new StringBuilder();
                boxes.values().stream().filter(box -> !box.ended).forEach(box -> lines.append(box.line()));
                answer(exchange, 200, lines.toString());
            } else {
                var what = path.group(2) == null ? "" : path.group(2) + (path.group(3) == null ? "" : "/input");
                box(exchange, path.group(1), exchange.getRequestMethod() + " " + what, path.group(3));
            }
        } catch (IllegalArgumentException e) {
            answer(exchange, 400, String.valueOf(e.getMessage()));
        }
    }

    private void box(HttpExchange exchange, String name, String call, String command) throws IOException {
        if (call.equals("PUT ")) {
            make(exchange, name);
            return;
        }
        var box = boxes.get(name);
        if (call.equals("DELETE ")) {
            if (box != null) {
                end(box);
            }
            answer(exchange, 200, "");
        } else if (box == null || box.ended) {
            answer(exchange, 404, "box not found: " + name);
        } else {
            switch (call) {
                case "GET " -> answer(exchange, 200, box.line());
                case "POST deadline" -> {
                    box.deadline = Long.parseLong(parameter(exchange, "at"));
                    timer.schedule(() -> expire(box), box.deadline - System.currentTimeMillis(), TimeUnit.MILLISECONDS);
                    answer(exchange, 200, box.line());
                }
                case "POST commands" -> run(exchange, box);
                case "POST commands/input" -> input(exchange, box, Integer.parseInt(command));
                default -> answer(exchange, 400, "no such call: " + call);
            }
        }
    }

    private void make(HttpExchange exchange, String name) throws IOException {
        long deadline = Long.parseLong(parameter(exchange, "deadline"));
        var variables = words(exchange);
        if (!NAME.matcher(name).matches()) {
            answer(exchange, 400, "not a name: " + name);
        } else if (boxes.size() >= MAX_BOXES) {
            answer(exchange, 503, "the limit of " + MAX_BOXES + " boxes is reached");
        } else {
            var box = new Box(name, deadline, variables);
            if (boxes.putIfAbsent(name, box) != null) {
                answer(exchange, 409, "box already exists: " + name);
                return;
            }
            try {
                box.start();
            } catch (IOException | RuntimeException e) {
                end(box);
                answer(exchange, 500, "the box did not start: " + e.getMessage());
                return;
            }
            timer.schedule(() -> expire(box), deadline - System.currentTimeMillis(), TimeUnit.MILLISECONDS);
            answer(exchange, 201, box.line());
        }
    }

    private void expire(Box box) {
        if (System.currentTimeMillis() >= box.deadline) {
            end(box);
        }
    }

    private void end(Box box) {
        box.end();
        boxes.remove(box.name, box);
    }

    private void endAll() {
        boxes.values().forEach(this::end);
    }

    private void run(HttpExchange exchange, Box box) throws IOException {
        var process = box.run(words(exchange));
        int number = box.add(process);
        if (!Boolean.parseBoolean(parameter(exchange, "input"))) {
            process.getOutputStream().close();
        }
        exchange.getResponseHeaders().set("X-Command", Integer.toString(number));
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().flush(); // sends the headers: a command may wait for input first
        var frames = new Frames(new DataOutputStream(exchange.getResponseBody()));
        var errors = new Thread(() -> frames.copy(2, process.getErrorStream()));
        errors.start();
        frames.copy(1, process.getInputStream());
        try {
            errors.join();
            int status = process.waitFor();
            box.commands.remove(number);
            if (!box.ended) {
                frames.write(0, Integer.toString(status).getBytes(StandardCharsets.US_ASCII), -1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void input(HttpExchange exchange, Box box, int number) throws IOException {
        var process = box.commands.get(number);
        if (process == null) {
            answer(exchange, 410, "the command has ended");
            return;
        }
        var input = process.getOutputStream();
        var piece = new byte[32 << 10];
        var body = exchange.getRequestBody();
        boolean taken = true;
        for (int count = body.read(piece); count >= 0; count = body.read(piece)) { // to the end, or the response is lost
            taken = taken && write(input, piece, count);
        }
        if (exchange.getRequestURI().getQuery() != null) {
            input.close();
        }
        if (!taken) {
            answer(exchange, 410, "the command has closed its input");
            return;
        }
        answer(exchange, 200, "");
    }

    private static boolean write(OutputStream input, byte[] piece, int count) {
        try {
            input.write(piece, 0, count);
            input.flush();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Writes the frames of one command. After the client has disconnected, the output is dropped and the command keeps running. */
    private static final class Frames {
        private final DataOutputStream out;
        private boolean broken;

        Frames(DataOutputStream out) {
            this.out = out;
        }

        void copy(int channel, InputStream from) {
            var piece = new byte[32 << 10];
            try {
                for (int count = from.read(piece); count >= 0; count = from.read(piece)) {
                    write(channel, piece, count);
                }
            } catch (IOException e) {
                // the box has ended
            }
        }

        synchronized void write(int channel, byte[] bytes, int count) {
            if (!broken) {
                try {
                    int length = count < 0 ? bytes.length : count;
                    out.writeByte(channel);
                    out.writeInt(length);
                    out.write(bytes, 0, length);
                    out.flush();
                } catch (IOException e) {
                    broken = true;
                }
            }
        }
    }

    /** Reads a body of words, each followed by a NUL. */
    private static List<String> words(HttpExchange exchange) throws IOException {
        var words = new ArrayList<String>();
        var word = new ByteArrayOutputStream();
        for (byte one : body(exchange)) {
            if (one == 0) {
                words.add(word.toString(StandardCharsets.UTF_8));
                word.reset();
            } else {
                word.write(one);
            }
        }
        return words;
    }

    private static byte[] body(HttpExchange exchange) throws IOException {
        var body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
        if (body.length > MAX_BODY_BYTES) {
            throw new IllegalArgumentException("the body is too long");
        }
        return body;
    }

    private static String parameter(HttpExchange exchange, String name) {
        var query = String.valueOf(exchange.getRequestURI().getQuery());
        if (!query.startsWith(name + "=")) {
            throw new IllegalArgumentException("the parameter " + name + " is missing");
        }
        return query.substring(name.length() + 1);
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** A box: namespaces that bubblewrap creates and keeps open, and that commands enter. */
    private static final class Box {
        private static final String PASSWD = "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:User:/home/user:/bin/sh\n";
        private static final String GROUP = "root:x:0:\nuser:x:1000:\n";
        private static final Pattern CHILD = Pattern.compile("\"child-pid\": *([0-9]+)");

        /**
         * Resets two signals that Java's child processes ignore, which commands would inherit. System call 13 (134 on aarch64) is
         * rt_sigaction.
         */
        private static final String DEFAULT_SIGNALS = "my $n = "
                + ("aarch64".equals(System.getProperty("os.arch")) ? 134 : 13)
                + "; my $default = \"\\0\" x 32; for my $s (32, 33) { syscall($n, $s + 0, $default, 0, 8) }"
                + " $SIG{$_} = 'DEFAULT' for qw(HUP INT QUIT TERM); exec @ARGV";

        final String name;
        final long createdAt = System.currentTimeMillis();
        final Map<Integer, Process> commands = new ConcurrentHashMap<>();
        volatile long deadline;
        volatile boolean ended;

        private final List<String> variables;
        private final AtomicInteger numbers = new AtomicInteger();
        private Path directory;
        private Process holder;
        private long init;

        Box(String name, long deadline, List<String> variables) {
            this.name = name;
            this.deadline = deadline;
            this.variables = variables;
        }

        String line() {
            return name + " " + createdAt + " " + deadline + "\n";
        }

        synchronized void start() throws IOException {
            if (ended) {
                throw new IOException("the box was ended while it was starting");
            }
            directory = Files.createTempDirectory("box");
            var home = Files.createDirectories(directory.resolve("home/user"));
            Files.setAttribute(home, "unix:uid", 1000);
            Files.setAttribute(home, "unix:gid", 1000);
            var passwd = Files.writeString(directory.resolve("passwd"), PASSWD);
            var group = Files.writeString(directory.resolve("group"), GROUP);
            var root = Files.createDirectory(directory.resolve("root"));
            var argv = new ArrayList<>(List.of("/bin/sh", "-c", "exec bwrap --info-fd 3 \"$@\" 3>&1", "sh"));
            argv.addAll(List.of("--unshare-pid", "--unshare-net", "--unshare-ipc", "--die-with-parent", "--clearenv"));
            argv.addAll(List.of("--dir", "/etc", "--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"));
            for (String link : List.of("bin", "sbin", "lib", "lib64")) {
                argv.addAll(List.of("--symlink", "usr/" + link, "/" + link));
            }
            argv.addAll(List.of("--ro-bind-try", "/etc/alternatives", "/etc/alternatives", "--perms", "1777", "--tmpfs", "/tmp"));
            argv.addAll(List.of("--ro-bind", passwd.toString(), "/etc/passwd", "--ro-bind", group.toString(), "/etc/group"));
            argv.addAll(List.of("--bind", home.getParent().toString(), "/home", "--bind", root.toString(), "/root"));
            argv.addAll(List.of("/bin/sh", "-c", "echo ready; exec sleep 1000000"));
            holder = new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            init = init(holder.getInputStream());
        }

        private static long init(InputStream from) throws IOException {
            var said = new StringBuilder();
            while (said.indexOf("ready\n") < 0) {
                int one = from.read();
                if (one < 0) {
                    throw new IOException("bwrap ended before the box was ready");
                }
                said.append((char) one);
            }
            var match = CHILD.matcher(said);
            if (!match.find()) {
                throw new IOException("bwrap reported no child-pid: " + said);
            }
            return Long.parseLong(match.group(1));
        }

        Process run(List<String> words) throws IOException {
            var argv = new ArrayList<>(List.of("perl", "-e", DEFAULT_SIGNALS));
            argv.addAll(List.of("nsenter", "-t", Long.toString(init), "-m", "-n", "-i", "-p", "--"));
            argv.addAll(words);
            var builder = new ProcessBuilder(argv);
            var env = builder.environment();
            env.clear();
            env.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
            for (String variable : variables) {
                int end = variable.indexOf('=');
                env.put(variable.substring(0, end), variable.substring(end + 1));
            }
            return builder.start();
        }

        int add(Process command) {
            int number = numbers.incrementAndGet();
            commands.put(number, command);
            return number;
        }

        /** Ends the box and waits until all its processes have ended. When the first process ends, the kernel kills all others. */
        synchronized void end() {
            ended = true;
            if (directory == null) {
                return;
            }
            try {
                ProcessHandle.of(init).ifPresent(ProcessHandle::destroyForcibly);
                if (holder != null && !holder.waitFor(10, TimeUnit.SECONDS)) {
                    holder.destroyForcibly();
                }
                delete(directory);
            } catch (IOException e) {
                System.err.println("could not delete the directory of box " + name + ": " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            directory = null;
        }

        private static void delete(Path directory) throws IOException {
            try (var paths = Files.walk(directory)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
