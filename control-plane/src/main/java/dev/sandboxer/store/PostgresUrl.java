package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.store.PostgresAddress.Host;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code postgresql://user:password@host:port/database?parameters}, and the JDBC form of it. Messages repeat no part of the text: if
 * a separator is missing, any part may be the password.
 */
final class PostgresUrl {
    static final String VARIABLE = "SANDBOXER_DATABASE_URL";

    private static final String JDBC = "jdbc:";
    private static final List<String> SCHEMES = List.of("postgresql://", "postgres://");
    private static final int PORT = 5432;

    /** The driver's names for settings of the C library. */
    private static final Map<String, String> DRIVER_NAMES = Map.of(
            "connect_timeout", "connectTimeout",
            "application_name", "ApplicationName",
            "channel_binding", "channelBinding",
            "target_session_attrs", "targetServerType",
            "keepalives", "tcpKeepAlive");

    private final boolean jdbc;

    private PostgresUrl(boolean jdbc) {
        this.jdbc = jdbc;
    }

    /** @throws SandboxException {@code INVALID_CONFIG} if the text has another form */
    static PostgresAddress parse(String text) {
        var jdbc = text.startsWith(JDBC);
        var url = jdbc ? text.substring(JDBC.length()) : text;
        for (String scheme : SCHEMES) {
            if (url.startsWith(scheme)) {
                return new PostgresUrl(jdbc).read(url.substring(scheme.length()));
            }
        }
        throw malformed("it does not begin with postgresql:// or jdbc:postgresql://");
    }

    private PostgresAddress read(String text) {
        var question = text.indexOf('?');
        var path = question < 0 ? text : text.substring(0, question);
        var parameters = parameters(question < 0 ? "" : text.substring(question + 1));
        var slash = path.indexOf('/');
        if (slash < 0) {
            throw malformed("it names no database");
        }
        var at = path.lastIndexOf('@', slash);
        var userInfo = at < 0 ? "" : path.substring(0, at);
        var colon = userInfo.indexOf(':');
        var user = decode(colon < 0 ? userInfo : userInfo.substring(0, colon), false);
        var password = colon < 0 ? "" : decode(userInfo.substring(colon + 1), false);
        return new PostgresAddress(
                hosts(path.substring(at + 1, slash)),
                database(path.substring(slash + 1)),
                first(parameters.remove("user"), user),
                first(parameters.remove("password"), password),
                parameters);
    }

    private static @Nullable String first(@Nullable String parameter, String ofUrl) {
        var text = parameter == null ? ofUrl : parameter;
        return text.isEmpty() ? null : text;
    }

    private String database(String text) {
        if (text.isEmpty()) {
            throw malformed("it names no database");
        }
        if (text.contains("/") || text.contains("@") || text.contains(":")) {
            throw malformed("the name of its database contains / or @ or :");
        }
        return decode(text, jdbc);
    }

    private static List<Host> hosts(String text) {
        var hosts = new ArrayList<Host>();
        for (String host : text.split(",", -1)) {
            hosts.add(host(host));
        }
        return hosts;
    }

    private static Host host(String text) {
        var bracket = text.startsWith("[") ? text.indexOf(']') : -1;
        var colon = text.indexOf(':', Math.max(bracket, 0));
        var name = colon < 0 ? text : text.substring(0, colon);
        if (!name.matches("\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+")) {
            throw malformed("it names no host, or one with characters that no host has");
        }
        return new Host(bracket < 0 ? name : name.substring(1, bracket), colon < 0 ? PORT : port(text, colon + 1));
    }

    private static int port(String text, int from) {
        var digits = text.substring(from);
        if (digits.matches("[0-9]{1,5}")) {
            var port = Integer.parseInt(digits);
            if (port > 0 && port < 65536) {
                return port;
            }
        }
        throw malformed("the port is not a number from 1 to 65535");
    }

    private Map<String, String> parameters(String text) {
        var parameters = new HashMap<String, String>();
        for (String pair : text.isEmpty() ? new String[0] : text.split("&")) {
            var equals = pair.indexOf('=');
            if (equals < 1) {
                throw malformed("a parameter has no value");
            }
            var name = decode(pair.substring(0, equals), jdbc);
            var value = decode(pair.substring(equals + 1), jdbc);
            parameters.put(
                    jdbc ? name : DRIVER_NAMES.getOrDefault(name, name), jdbc ? value : driverValue(name, value));
        }
        return parameters;
    }

    private static String driverValue(String name, String value) {
        return switch (name + "=" + value) {
            case "target_session_attrs=read-write" -> "primary";
            case "target_session_attrs=prefer-standby" -> "preferSecondary";
            case "target_session_attrs=standby" -> "secondary";
            case "keepalives=1" -> "true";
            case "keepalives=0" -> "false";
            default -> value;
        };
    }

    /** @param plusIsBlank true = a plus sign stands for a blank, as in paths and parameters of a JDBC URL */
    private static String decode(String text, boolean plusIsBlank) {
        try {
            return URLDecoder.decode(plusIsBlank ? text : text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw malformed("a % in it is not followed by two hexadecimal digits"); // the cause would repeat the text
        }
    }

    private static SandboxException malformed(String why) {
        return new SandboxException(
                ErrorCode.INVALID_CONFIG,
                VARIABLE + " is malformed: " + why
                        + "; write postgresql://USER:PASSWORD@HOST:PORT/DATABASE with special"
                        + " characters of the password percent-encoded, or put the password into a file and name that in "
                        + PostgresDatabase.PASSWORD_FILE);
    }
}
