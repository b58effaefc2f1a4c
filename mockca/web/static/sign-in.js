// `mockca sandbox sign-in` gives an address that carries the credential after `#`, where no server sees it.
const credential = decodeURIComponent(location.hash.slice(1));
if (credential) {
  history.replaceState(null, "", location.pathname + location.search);
  const field = document.getElementById("credential");
  field.value = credential;
  field.form.submit();
}
