package dev.sandboxer.extension.spec;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/** A destination in a network rule: a range of addresses or a domain. */
public sealed interface NetworkTarget {
    /**
     * Returns the kind of a rule about this target.
     *
     * @return the kind
     */
    NetworkRuleKind kind();

    /**
     * Parses an address, a range of addresses or a domain. {@link Object#toString} returns its normal form. Makes no DNS lookup.
     *
     * @param text the text to parse
     * @return a {@link Cidr} or a {@link Domain}
     * @throws IllegalArgumentException when the text is none of these
     */
    static NetworkTarget parse(String text) {
        return Cidr.LOOKS_LIKE.matcher(text).matches() ? Cidr.parse(text) : new Domain(text);
    }

    /**
     * A range of addresses of one family: {@code ::/0} holds no IPv4 address.
     *
     * @param address the first address of the range; the constructor clears the bits after the prefix
     * @param prefix the number of fixed leading bits: 0 to 32 for IPv4, 0 to 128 for IPv6
     */
    record Cidr(InetAddress address, int prefix) implements NetworkTarget {
        private static final Pattern LOOKS_LIKE = Pattern.compile("[0-9./]+|.*:.*", Pattern.DOTALL);
        private static final Pattern FORM = Pattern.compile("([0-9a-fA-F:.]{2,45})(?:/(0|[1-9][0-9]{0,2}))?");

        /** Rejects leading zeros, which some programs read as octal. */
        private static final Pattern IPV4 = Pattern.compile("(?:0|[1-9][0-9]{0,2})(?:\\.(?:0|[1-9][0-9]{0,2})){3}");

        /** The bits before the IPv4 address in an IPv4-mapped IPv6 address. */
        private static final int MAPPED_BITS = 96;

        /** Checks the prefix and clears the bits after it. */
        public Cidr {
            int bits = bits(address);
            if (prefix < 0 || prefix > bits) {
                throw new IllegalArgumentException("not a prefix of " + address.getHostAddress() + ": " + prefix
                        + " (expected 0 to " + bits + ")");
            }
            address = masked(address.getAddress(), prefix);
            prefix -= bits - bits(address); // a mapped address has become an IPv4 address
        }

        /**
         * Parses a range such as {@code 10.0.0.0/8} or {@code 2001:db8::/32}, or a single address. An IPv4-mapped IPv6 address ({@code
         * ::ffff:10.0.0.1}) becomes the IPv4 address that its packets carry.
         *
         * @param text the text to parse
         * @return the range
         * @throws IllegalArgumentException when the text is none of these
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
            return new IllegalArgumentException("not an address or a range of addresses: " + Quoted.of(text)
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

        /** {@return the address, followed by its prefix if the range holds more than one address} */
        @Override
        public String toString() {
            var text = address.getHostAddress().replaceFirst("(^|:)0(:0)+(:|$)", "::");
            return prefix == bits(address) ? text : text + "/" + prefix;
        }
    }

    /**
     * A domain name. {@code *.example.com} means all names below {@code example.com} at any depth, but not {@code example.com} itself.
     *
     * @param name at least two labels of letters, digits and inner hyphens, at most 253 characters; converted to lower case. Names in
     *     other scripts are written in their ASCII form ({@code xn--})
     */
    record Domain(String name) implements NetworkTarget {
        private static final int MAX_LENGTH = 253;
        private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

        /** Requires a letter in the last label, so that an IPv4 address is not a domain. */
        private static final Pattern FORM =
                Pattern.compile("(?:\\*\\.)?(?:" + LABEL + "\\.)+(?=[0-9-]*[a-z])" + LABEL, Pattern.CASE_INSENSITIVE);

        /** Checks the form and converts it to lower case. */
        public Domain {
            if (name.length() > MAX_LENGTH || !FORM.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "not a domain: " + Quoted.of(name) + " (expected one such as example.com or *.example.com)");
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
