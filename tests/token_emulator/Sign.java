import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.security.AuthProvider;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.util.HexFormat;

/** Signs "letter" once for each PIN on standard input, or says why not: java Sign.java CONFIGURATION. */
public class Sign {
    public static void main(String[] arguments) throws Exception {
        Provider provider = Security.getProvider("SunPKCS11").configure(arguments[0]);
        BufferedReader pins = new BufferedReader(new InputStreamReader(System.in));
        for (String pin; (pin = pins.readLine()) != null;) System.out.println(sign(provider, pin));
    }

    private static String sign(Provider provider, String pin) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS11", provider);
            store.load(null, pin.toCharArray());
            Signature signature = Signature.getInstance("SHA256withECDSA", provider);
            signature.initSign((PrivateKey) store.getKey(store.aliases().nextElement(), null));
            signature.update("letter".getBytes("UTF-8"));
            String hex = HexFormat.of().formatHex(signature.sign());
            ((AuthProvider) provider).logout();
            return "signed " + hex;
        } catch (Exception error) {
            StringBuilder said = new StringBuilder();
            for (Throwable at = error; at != null; at = at.getCause()) said.append(said.isEmpty() ? "" : " <- ").append(at);
            return said.toString();
        }
    }
}
