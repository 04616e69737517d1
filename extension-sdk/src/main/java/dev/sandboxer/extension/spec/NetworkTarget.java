package dev.sandboxer.extension.spec;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Somebody whom a sandbox may call or not. */
public sealed interface NetworkTarget {
    /**
     * The kind of rule that it makes.
     *
     * @return the kind
     */
    NetworkRuleKind kind();

    /**
     * Reads an address, a range of addresses or a domain. {@link Object#toString} gives it back in its normal form. Asks no DNS.
     *
     * @param text the text to read
     * @return a {@link Cidr} or a {@link Domain}
     * @throws IllegalArgumentException when it is none of them
     */
    static NetworkTarget parse(String text) {
        return Cidr.LOOKS_LIKE.matcher(text).matches() ? Cidr.parse(text) : new Domain(text);
    }

    /**
     * A range of addresses of one family: {@code ::/0} holds no IPv4 address.
     *
     * @param address the first of the range; the constructor clears the bits behind the prefix
     * @param prefix how many leading bits are fixed: 0 to 32 for IPv4, 0 to 128 for IPv6
     */
    record Cidr(InetAddress address, int prefix) implements NetworkTarget {
        private static final Pattern LOOKS_LIKE = Pattern.compile("[0-9./]+|.*:.*", Pattern.DOTALL);
        private static final Pattern FORM = Pattern.compile("([0-9a-fA-F:.]{2,45})(?:/(0|[1-9][0-9]{0,2}))?");

        /** Each part decimal, and none with a zero before it, which some read as octal. */
        private static final Pattern IPV4 = Pattern.compile("(?:0|[1-9][0-9]{0,2})(?:\\.(?:0|[1-9][0-9]{0,2})){3}");

        /** Before an IPv4 address that is written as IPv6. */
        private static final int MAPPED_BITS = 96;

        /** Checks the components. */
        public Cidr {
            int bits = bits(address);
            if (prefix < 0 || prefix > bits) {
                throw new IllegalArgumentException("not a prefix of " + address.getHostAddress() + ": " + prefix
                        + " (expected 0 to " + bits + ")");
            }
            address = masked(address.getAddress(), prefix);
            prefix -= bits - bits(address); // mapped ones have become IPv4
        }

        /**
         * Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32} or one address. An IPv4 address that is written as IPv6
         * ({@code ::ffff:10.0.0.1}) becomes IPv4, as which it travels.
         *
         * @param text the text to read
         * @return the range
         * @throws IllegalArgumentException when it is none of them
         */
        public static Cidr parse(String text) {
            var match = FORM.matcher(text);
            if (!match.matches()) {
                throw malformed(text);
            }
            var address = literal(match.group(1), text);
            int leading = address instanceof Inet4Address && match.group(1).indexOf(':') >= 0 ? MAPPED_BITS : 0;
            int bits = bits(address);
            int prefix = match.group(2) == null ? bits : Integer.parseInt(match.group(2)) - leading;
            if (prefix < 0 || prefix > bits) {
                throw malformed(text);
            }
            return new Cidr(address, prefix);
        }

        private static InetAddress literal(String literal, String text) {
            if (literal.indexOf(':') < 0 && !IPV4.matcher(literal).matches()) {
                throw malformed(text);
            }
            try {
                return InetAddress.ofLiteral(literal);
            } catch (IllegalArgumentException e) {
                throw malformed(text);
            }
        }

        private static IllegalArgumentException malformed(String text) {
            return new IllegalArgumentException("not an address or a range of addresses: " + Excerpt.of(text)
                    + " (expected one such as 203.0.113.7, 10.0.0.0/8 or 2001:db8::/32)");
        }

        private static int bits(InetAddress address) {
            return address instanceof Inet4Address ? 32 : 128;
        }

        private static InetAddress masked(byte[] bytes, int prefix) {
            for (int i = 0; i < bytes.length; i++) {
                int kept = Math.clamp(prefix - i * (long) Byte.SIZE, 0, Byte.SIZE);
                bytes[i] &= (byte) (0xff << (Byte.SIZE - kept));
            }
            try {
                return InetAddress.getByAddress(bytes);
            } catch (UnknownHostException e) {
                throw new IllegalStateException("every address has 4 or 16 bytes", e);
            }
        }

        @Override
        public NetworkRuleKind kind() {
            return NetworkRuleKind.CIDR;
        }

        /** The address, with its prefix when the range holds more than one. */
        @Override
        public String toString() {
            var text = address.getHostAddress().replaceFirst("(^|:)0(:0)+(:|$)", "::");
            return prefix == bits(address) ? text : text + "/" + prefix;
        }
    }

    /**
     * A name, or with {@code *.} before it every name below it, at any depth, without itself.
     *
     * @param name at least two labels of letters, digits and inner hyphens, at most 253 characters; becomes lower case. Names in
     *     other scripts are written in their ASCII form ({@code xn--}).
     */
    record Domain(String name) implements NetworkTarget {
        private static final int LONGEST = 253;
        private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

        /** The last label has a letter, so that an address is no name. */
        private static final Pattern FORM =
                Pattern.compile("(?:\\*\\.)?(?:" + LABEL + "\\.)+(?=[0-9-]*[a-z])" + LABEL, Pattern.CASE_INSENSITIVE);

        /** Checks the components. */
        public Domain {
            if (name.length() > LONGEST || !FORM.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "not a domain: " + Excerpt.of(name) + " (expected one such as example.com or *.example.com)");
            }
            name = name.toLowerCase(Locale.ROOT);
        }

        @Override
        public NetworkRuleKind kind() {
            return NetworkRuleKind.DOMAIN;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
